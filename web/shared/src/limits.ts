// Written by shared/generate.js out of api/openapi.json. Do not edit.
export const LIMITS = {
  "address": {
    "city": {
      "min": 1,
      "max": 100
    },
    "company": {
      "min": 0,
      "max": 200
    },
    "country": {
      "min": 0,
      "max": 1000
    },
    "line1": {
      "min": 1,
      "max": 200
    },
    "line2": {
      "min": 0,
      "max": 200
    },
    "name": {
      "min": 1,
      "max": 200
    },
    "phone": {
      "min": 0,
      "max": 40
    },
    "postcode": {
      "min": 0,
      "max": 20
    },
    "region": {
      "min": 0,
      "max": 100
    }
  },
  "order_new": {
    "email": {
      "min": 3,
      "max": 254
    },
    "note": {
      "min": 0,
      "max": 1000
    },
    "shipping_option": {
      "min": 0,
      "max": 50
    }
  },
  "user_new": {
    "email": {
      "min": 3,
      "max": 254
    },
    "name": {
      "min": 1,
      "max": 100
    },
    "password": {
      "min": 10,
      "max": 200
    }
  }
} as const;
