package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * A topic to be written to, created if it does not exist.
 *
 * @param endpoint the endpoint that names it
 * @param address the topic
 * @param partitions the number of partitions if it is created
 * @param upserts whether it is compacted if it is created; otherwise it deletes by age
 * @param longest the size in bytes of a record that it must accept if it is created; 0 for Kafka's
 *     default
 */
record KafkaTopic(
    Endpoint endpoint, KafkaAddress address, int partitions, boolean upserts, long longest) {

  /**
   * The value of {@code partitions=}; 1 by default.
   *
   * @throws dhara.options.BadOption if that is not a count
   */
  static int partitions(Endpoint endpoint) {
    String partitions = endpoint.parameter("partitions", "1");
    if (!partitions.matches("[1-9]\\d{0,5}")) {
      throw endpoint.bad("partitions=" + partitions + " is no count, e.g. partitions=4");
    }
    return Integer.parseInt(partitions);
  }

  /**
   * Creates the topic if it does not exist. Call it through {@link KafkaQuestions}.
   *
   * @return how many partitions it has
   * @throws dhara.options.BadOption if the login may not write to it, or may not create it
   */
  int createIfAbsent() {
    return createIfAbsent(1, "");
  }

  /**
   * The same for a topic that needs a minimum of partitions: it is not created with fewer.
   *
   * @param least how many
   * @param why what needs them
   */
  int createIfAbsent(int least, String why) {
    return asked(
        admin -> {
          if (!isThere(admin)) {
            if (partitions < least) {
              throw endpoint.bad(
                  "would be created with " + count(partitions) + ", but " + needs(least, why));
            }
            boolean unused = created(admin, false);
          }
          int there = existing(admin);
          if (there < least) {
            throw endpoint.bad("the topic has " + count(there) + ", but " + needs(least, why));
          }
          return there;
        });
  }

  /**
   * True if it can be written to, or created; changes nothing. Call it through {@link
   * KafkaQuestions}.
   *
   * @throws dhara.options.BadOption if not
   */
  boolean isWritable() {
    return asked(admin -> isThere(admin) || created(admin, true) || isThere(admin));
  }

  /**
   * Whether it exists.
   *
   * @throws dhara.options.BadOption if a login may not write to it
   */
  boolean isThere() {
    return asked(this::isThere);
  }

  private boolean isThere(Admin admin) throws ExecutionException, InterruptedException {
    try {
      checkMay(admin, AclOperation.WRITE);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Checks that a login may read an existing topic.
   *
   * @throws dhara.options.BadOption if not, or if no broker answers
   */
  static void checkMayRead(Endpoint endpoint, KafkaAddress address) {
    KafkaTopic topic = new KafkaTopic(endpoint, address, 1, false, 0);
    boolean unused =
        KafkaQuestions.ask(
            endpoint,
            address,
            AclOperation.READ,
            () ->
                topic.asked(
                    admin -> {
                      topic.checkMay(admin, AclOperation.READ);
                      return true;
                    }));
  }

  /** A broker without ACLs reports every right, one older than Kafka 2.3 reports none. */
  private void checkMay(Admin admin, AclOperation wanted)
      throws ExecutionException, InterruptedException {
    Set<AclOperation> rights = description(admin).authorizedOperations();
    if (rights != null && !rights.isEmpty() && !rights.contains(wanted)) {
      throw endpoint.bad(address.missing(wanted));
    }
  }

  /**
   * The id of the topic's cluster.
   *
   * @throws dhara.options.BadOption if no broker answers
   */
  static String cluster(Endpoint endpoint, KafkaAddress address) {
    KafkaTopic topic = new KafkaTopic(endpoint, address, 1, false, 0);
    return KafkaQuestions.ask(
        endpoint,
        address,
        AclOperation.DESCRIBE,
        () -> topic.asked(admin -> admin.describeCluster().clusterId().get()));
  }

  /**
   * The id of a topic, which another topic of the same name does not have.
   *
   * @throws dhara.options.BadOption if no broker answers
   */
  static String id(Endpoint endpoint, KafkaAddress address) {
    KafkaTopic topic = new KafkaTopic(endpoint, address, 1, false, 0);
    return KafkaQuestions.ask(
        endpoint,
        address,
        AclOperation.READ,
        () -> topic.asked(admin -> topic.description(admin).topicId().toString()));
  }

  private interface Question<A> {
    A ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  /** Settings of a client for queries, with short timeouts. */
  static Map<String, Object> settings(KafkaAddress address) {
    Map<String, Object> settings = address.settings();
    settings.keySet().removeIf(name -> !AdminClientConfig.configNames().contains(name));
    int patience = (int) KafkaQuestions.PATIENCE.toMillis();
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience / 2);
    settings.put(AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, RECONNECT_MILLIS);
    settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS);
    return settings;
  }

  private <A> A asked(Question<A> question) {
    try (Admin admin = address.client(Admin::create, settings(address))) {
      return question.ask(admin);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException refusal) {
        throw refusal;
      }
      throw endpoint.bad("the topic cannot be created: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw endpoint.bad("the check was interrupted", e);
    }
  }

  private static String count(int partitions) {
    return partitions == 1 ? "1 partition" : partitions + " partitions";
  }

  private static String needs(int least, String why) {
    return why + " needs " + least + " at least; name a new topic with partitions=" + least;
  }

  /**
   * The settings of a topic that is created, by Kafka's names.
   *
   * @param longest the size in bytes of a record that it must accept; 0 for Kafka's default
   */
  static Map<String, String> configuration(boolean upserts, long longest) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        upserts ? TopicConfig.CLEANUP_POLICY_COMPACT : TopicConfig.CLEANUP_POLICY_DELETE);
    int needed = TopicLimit.taking(longest).bytes();
    if (needed > TopicLimit.KAFKAS) {
      settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(needed));
    }
    return settings;
  }

  /**
   * False if somebody else has just created it.
   *
   * @param onlyAsk to ask whether it can be created, and to change nothing
   */
  private boolean created(Admin admin, boolean onlyAsk)
      throws ExecutionException, InterruptedException {
    NewTopic topic = new NewTopic(address.topic(), Optional.of(partitions), Optional.empty());
    topic.configs(configuration(upserts, longest));
    CreateTopicsOptions options = new CreateTopicsOptions().validateOnly(onlyAsk);
    try {
      // While brokers restart, or have missed heartbeats, too few can hold the topic's records.
      Object unused =
          whilePassing(
              InvalidReplicationFactorException.class,
              admin,
              asked -> asked.createTopics(List.of(topic), options).all().get());
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      } else if (e.getCause() instanceof TopicAuthorizationException) {
        throw endpoint.bad(address.missing(AclOperation.CREATE), e);
      } else if (e.getCause() instanceof InvalidReplicationFactorException) {
        throw endpoint.bad(
            "too few brokers can take a new topic within "
                + KafkaQuestions.PATIENCE.toSeconds()
                + " s ("
                + e.getCause().getMessage()
                + "); start them, or lower default.replication.factor of the cluster",
            e);
      }
      throw e;
    }
  }

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  /** A client logs each connection that fails, so it fails seldom. */
  private static final long RECONNECT_MILLIS = 5_000;

  /**
   * The number of partitions of a topic. A broker hears of one that was just created a moment
   * later, and says until then that it does not exist, also to those who ask for its settings.
   */
  private int existing(Admin admin) throws ExecutionException, InterruptedException {
    return whilePassing(UnknownTopicOrPartitionException.class, admin, this::described);
  }

  /** Asks again while brokers refuse for a reason that passes, as long as there is patience. */
  private static <A> A whilePassing(
      Class<? extends KafkaException> reason, Admin admin, Question<A> question)
      throws ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + KafkaQuestions.PATIENCE.toNanos();
    while (true) {
      try {
        return question.ask(admin);
      } catch (ExecutionException e) {
        if (!reason.isInstance(e.getCause()) || System.nanoTime() - deadline > 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      }
    }
  }

  private int described(Admin admin) throws ExecutionException, InterruptedException {
    return description(admin).partitions().size();
  }

  private TopicDescription description(Admin admin)
      throws ExecutionException, InterruptedException {
    DescribeTopicsOptions withRights =
        new DescribeTopicsOptions().includeAuthorizedOperations(true);
    try {
      return description(admin, withRights);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsupportedVersionException) {
        return description(admin, new DescribeTopicsOptions()); // Kafka before 2.3
      }
      throw e;
    }
  }

  private TopicDescription description(Admin admin, DescribeTopicsOptions options)
      throws ExecutionException, InterruptedException {
    return admin
        .describeTopics(List.of(address.topic()), options)
        .allTopicNames()
        .get()
        .get(address.topic());
  }
}
