#!/bin/sh
# Creates the topics that the job writes, where they are not there. Topics of answers and of the ledger are
# compacted: the newest row of each key stays. KAFKA_TOPICS names the command if it is not on the path, and its
# login: KAFKA_TOPICS="kafka-topics.sh --command-config client.properties"
set -eu
create() {
  ${KAFKA_TOPICS:-kafka-topics.sh} --create --if-not-exists "$@"
}

# metrics
create --bootstrap-server 'kafka:9093' --topic metrics \
  --partitions 4 --replication-factor 3 \
  --config cleanup.policy=compact --config min.insync.replicas=2

# top
create --bootstrap-server 'kafka:9093' --topic metrics-top \
  --partitions 4 --replication-factor 3 \
  --config cleanup.policy=compact --config min.insync.replicas=2

# totals
create --bootstrap-server 'kafka:9093' --topic metrics-totals \
  --partitions 4 --replication-factor 3 \
  --config cleanup.policy=compact --config min.insync.replicas=2

# dead-letters
create --bootstrap-server 'kafka:9093' --topic metrics-dead-letters \
  --partitions 4 --replication-factor 3 \
  --config cleanup.policy=delete --config max.message.bytes=2165056 --config min.insync.replicas=2

# late
create --bootstrap-server 'kafka:9093' --topic metrics-late \
  --partitions 4 --replication-factor 3 \
  --config cleanup.policy=delete --config max.message.bytes=2165056 --config min.insync.replicas=2

# ledger
create --bootstrap-server 'kafka:9093' --topic metrics-ledger \
  --partitions 4 --replication-factor 3 \
  --config cleanup.policy=compact --config min.insync.replicas=2
