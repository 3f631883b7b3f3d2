"""The parts of kube_check.py."""
