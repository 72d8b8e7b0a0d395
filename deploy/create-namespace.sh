#!/bin/sh
# Creates the namespace; histories stay for 30 days, records of recoveries for as long as the record store keeps them.
set -eu
until temporal operator cluster health; do sleep 1; done
temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 720h
