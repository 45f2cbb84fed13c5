package dhara.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A real Kafka broker in this process with TLS, logins and ACLs, on four ports of the loopback
 * interface:
 *
 * <ul>
 *   <li>SASL over TLS, for users with a password: SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN
 *   <li>TLS that asks for the client's certificate: {@link #OWNER}
 *   <li>without either, for the administrator: {@link #administrator}
 *   <li>the controller's
 * </ul>
 *
 * <p>Users and the owner may do what {@link #allow} says, and nothing else. The main method runs
 * one with two users, to try things out.
 */
public final class SecuredKafka implements AutoCloseable {

  /** The principal of the client with a certificate. */
  public static final String OWNER = "User:CN=shop-client";

  private static final String STORE_PASSWORD = "changeit"; // the keys lie beside it in clear

  private final Path folder;
  private final KafkaNode node;
  private final Ports ports;
  private final EmbeddedKafka administrator;
  private final Admin admin;

  private record Ports(int plain, int controller, int sasl, int mutual) {}

  private SecuredKafka(Path folder, KafkaNode node, Ports ports) {
    this.folder = folder;
    this.node = node;
    this.ports = ports;
    this.administrator = EmbeddedKafka.at(node.bootstrap());
    this.admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  /**
   * Starts a broker on free ports, and returns when it answers.
   *
   * @param folder gets its data, certificates and keys; the caller deletes it
   * @param users their passwords, of letters and digits
   */
  public static SecuredKafka start(Path folder, Map<String, String> users) throws IOException {
    return start(
        folder,
        users,
        new Ports(
            EmbeddedKafka.freePort(),
            EmbeddedKafka.freePort(),
            EmbeddedKafka.freePort(),
            EmbeddedKafka.freePort()));
  }

  private static SecuredKafka start(Path folder, Map<String, String> users, Ports ports)
      throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    certify(folder, "broker", "CN=localhost", "-ext", "SAN=dns:localhost");
    certify(folder, "client", OWNER.substring("User:".length()));
    List<String> logins = new ArrayList<>();
    users.forEach(
        (name, password) -> {
          for (String mechanism : List.of("SCRAM-SHA-512", "SCRAM-SHA-256")) {
            logins.add("%s=[name=%s,password=%s]".formatted(mechanism, name, password));
          }
        });
    KafkaNode node =
        KafkaNode.start(
            data, ports.plain, ports.controller, settings(folder, users, ports), logins);
    return new SecuredKafka(folder, node, ports);
  }

  private static Map<String, Object> settings(Path folder, Map<String, String> users, Ports ports)
      throws IOException {
    String scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    StringBuilder plain =
        new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required");
    users.forEach((name, word) -> plain.append(" user_%s=\"%s\"".formatted(name, word)));
    Map<String, Object> settings = new HashMap<>();
    settings.put(
        "listeners",
        "PLAINTEXT://localhost:%d,CONTROLLER://localhost:%d,SASL://localhost:%d,MUTUAL://localhost:%d"
            .formatted(ports.plain, ports.controller, ports.sasl, ports.mutual));
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,MUTUAL:SSL");
    settings.put("listener.name.sasl.sasl.enabled.mechanisms", "SCRAM-SHA-512,SCRAM-SHA-256,PLAIN");
    settings.put("listener.name.sasl.scram-sha-512.sasl.jaas.config", scram);
    settings.put("listener.name.sasl.scram-sha-256.sasl.jaas.config", scram);
    settings.put("listener.name.sasl.plain.sasl.jaas.config", plain + ";");
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.certificate.chain", text(folder, "broker.pem"));
    settings.put("ssl.keystore.key", text(folder, "broker.key"));
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.certificates", text(folder, "client.pem"));
    settings.put("listener.name.mutual.ssl.client.auth", "required");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    // Whoever is on this machine is the administrator: it is a broker to try things out.
    settings.put("super.users", "User:ANONYMOUS");
    return settings;
  }

  /** A certificate that is its own authority, and its key, in PEM; those that exist are kept. */
  private static void certify(Path folder, String name, String owner, String... more)
      throws IOException {
    if (Files.exists(folder.resolve(name + ".key"))) {
      return;
    }
    Path store = folder.resolve(name + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                owner,
                "-validity",
                "365",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                STORE_PASSWORD));
    command.addAll(List.of(more));
    StoredKey.run(command);
    StoredKey key = StoredKey.read(store, name, STORE_PASSWORD);
    Files.writeString(folder.resolve(name + ".pem"), key.certificate());
    secret(folder.resolve(name + ".key"), key.key());
    Files.delete(store);
  }

  /** Writes a file that only its owner may read, if the file system knows owners. */
  private static Path secret(Path file, String text) throws IOException {
    FileAttribute<?>[] owners =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.createFile(file, owners);
    return Files.writeString(file, text);
  }

  private static String text(Path folder, String file) throws IOException {
    return Files.readString(folder.resolve(file), StandardCharsets.US_ASCII);
  }

  /** The broker as its administrator sees it. */
  public EmbeddedKafka administrator() {
    return administrator;
  }

  /** The URI of a topic for users, without a login. */
  public String uri(String topic) {
    return "kafka://localhost:" + ports.sasl + "/" + topic;
  }

  /** The URI of a topic for the owner of a certificate, without it. */
  public String mutualUri(String topic) {
    return "kafka://localhost:" + ports.mutual + "/" + topic;
  }

  /** The certificate of the broker, for clients to trust. */
  public Path ca() {
    return folder.resolve("broker.pem");
  }

  /** The certificate of the client {@link #OWNER}. */
  public Path certificate() {
    return folder.resolve("client.pem");
  }

  /** The key of the client {@link #OWNER}. */
  public Path key() {
    return folder.resolve("client.key");
  }

  /** Allows a principal something with a topic, and returns when the broker knows it. */
  public void allow(String principal, String topic, AclOperation... operations) {
    allow(
        principal, new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL), operations);
  }

  /** The same with every topic whose name begins so. */
  public void allowAll(String principal, String prefix, AclOperation... operations) {
    allow(
        principal,
        new ResourcePattern(ResourceType.TOPIC, prefix, PatternType.PREFIXED),
        operations);
  }

  private void allow(String principal, ResourcePattern topics, AclOperation... operations) {
    List<AclBinding> rights = new ArrayList<>();
    for (AclOperation operation : operations) {
      rights.add(
          new AclBinding(
              topics, new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
    }
    try {
      admin.createAcls(rights).all().get();
      while (!admin.describeAcls(AclBindingFilter.ANY).values().get().containsAll(rights)) {
        Pause.shortly();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker takes no ACL", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an ACL", e);
    }
  }

  @Override
  public void close() {
    admin.close();
    administrator.close();
    node.close();
  }

  /**
   * Runs a broker until it is stopped, with the users {@code loader}, who may write to the topic
   * {@code orders}, and {@code stream}, who may read it and has topics that begin with {@code
   * metrics}.
   *
   * @param arguments the folder of its data and keys, and the first of four ports
   */
  public static void main(String... arguments) throws Exception {
    if (arguments.length != 2) {
      System.err.println("usage: SecuredKafka FOLDER PORT, e.g. /tmp/secured 9092");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    int port = Integer.parseInt(arguments[1]);
    Map<String, String> users = new TreeMap<>();
    for (String name : List.of("loader", "stream")) {
      users.put(name, password(folder.resolve(name + ".password")));
    }
    SecuredKafka kafka = start(folder, users, new Ports(port, port + 1, port + 2, port + 3));
    kafka.allow("User:loader", "orders", AclOperation.WRITE, AclOperation.CREATE);
    kafka.allow("User:stream", "orders", AclOperation.READ);
    kafka.allowAll(
        "User:stream", "metrics", AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE);
    kafka.allow(OWNER, "orders", AclOperation.READ);
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "dhara-stop"));
    System.out.printf(
        "a broker with logins at localhost:%d, for certificates at localhost:%d, for its"
            + " administrator at localhost:%d%n",
        kafka.ports.sasl, kafka.ports.mutual, kafka.ports.plain);
    System.out.println("its certificate, the client's, and the passwords are in " + folder);
    kafka.node.await();
  }

  private static String password(Path file) {
    try {
      if (Files.exists(file)) {
        return Files.readString(file);
      }
      byte[] random = new byte[16];
      new SecureRandom().nextBytes(random);
      return Files.readString(secret(file, HexFormat.of().formatHex(random)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
