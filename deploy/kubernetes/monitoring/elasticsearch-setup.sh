# What Elasticsearch needs beside its nodes; may be run again.
set -eu
at=http://elasticsearch:9200
put() {
    curl -sS --fail-with-body -u "elastic:$ELASTIC_PASSWORD" -H 'Content-Type: application/json' \
        -X "$1" "$at/$2" -d "$3"
    echo
}

put POST _security/user/kibana_system/_password "{\"password\":\"$KIBANA_PASSWORD\"}"
put PUT _security/role/collector '{"cluster":["monitor"],
    "indices":[{"names":["souk-logs*"],"privileges":["create_doc","auto_configure"]}]}'
put PUT _security/user/collector "{\"password\":\"$COLLECTOR_PASSWORD\",\"roles\":[\"collector\"]}"
# A week at hand, a month in all.
put PUT _ilm/policy/souk-logs '{"policy":{"phases":{
    "hot":{"actions":{"rollover":{"max_age":"1d","max_primary_shard_size":"20gb"}}},
    "warm":{"min_age":"7d","actions":{"forcemerge":{"max_num_segments":1}}},
    "delete":{"min_age":"30d","actions":{"delete":{}}}}}}'
put PUT _index_template/souk-logs '{"index_patterns":["souk-logs*"],"data_stream":{},
    "template":{"settings":{"index.lifecycle.name":"souk-logs","number_of_replicas":1},
    "mappings":{"dynamic_templates":[{"souk":{"path_match":"souk.*","match_mapping_type":"string",
    "mapping":{"type":"keyword","ignore_above":1024}}}]}}}'
