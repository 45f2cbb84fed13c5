package dhara.serving.api;

import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.Durations;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where the server listens, who may ask, and how much. */
public interface AccessOptions extends PipelineOptions {

  @Description(
      "The address to listen at; any other than a loopback address needs --token, --basic or "
          + "--anonymous=true, e.g. --host=0.0.0.0")
  @Default.String("127.0.0.1")
  String getHost();

  void setHost(String value);

  @Description("The port to listen at; 0 takes any free one, e.g. --port=8080")
  @Default.Integer(8080)
  @AtLeast(0)
  int getPort();

  void setPort(int value);

  @Description(
      "A reference to the token that every request must send as Authorization: Bearer TOKEN, e.g. "
          + "--token=env:DHARA_TOKEN or --token=file:/run/secrets/token")
  @Nullable String getToken();

  void setToken(@Nullable String value);

  @Description(
      "A reference to USER:PASSWORD for basic authentication, instead of --token, e.g. "
          + "--basic=file:/run/secrets/user")
  @Nullable String getBasic();

  void setBasic(@Nullable String value);

  @Description(
      "Serve everybody who can reach an address that is no loopback address, e.g. --anonymous=true")
  @Default.Boolean(false)
  boolean getAnonymous();

  void setAnonymous(boolean value);

  @Description(
      "A key store (PKCS12 or JKS) with a certificate and its key: the server then speaks HTTPS "
          + "only, e.g. --tlsKeyStore=/etc/dhara/server.p12")
  @Nullable String getTlsKeyStore();

  void setTlsKeyStore(@Nullable String value);

  @Description(
      "A reference to the password of the key store, e.g. --tlsPassword=env:STORE_PASSWORD")
  @Nullable String getTlsPassword();

  void setTlsPassword(@Nullable String value);

  @Description(
      "How many requests per second one address may make, beyond which it gets 429; 0 for any "
          + "number, e.g. --requestsPerSecond=200")
  @Default.Double(200)
  @AtLeast(0)
  double getRequestsPerSecond();

  void setRequestsPerSecond(double value);

  @Description(
      "How long a statement of SQL may run, beyond which it gets 408, e.g. --sqlTimeout=PT10S")
  @Default.InstanceFactory(Durations.TenSeconds.class)
  @AboveZero
  Duration getSqlTimeout();

  void setSqlTimeout(Duration value);

  @Description(
      "How many rows a statement of SQL may return, beyond which the answer is cut and says so, "
          + "e.g. --sqlRows=100000")
  @Default.Integer(100_000)
  @AtLeast(1)
  int getSqlRows();

  void setSqlRows(int value);
}
