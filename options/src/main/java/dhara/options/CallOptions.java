package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How an outside service is asked about events, and what is used if it does not answer. */
public interface CallOptions extends PipelineOptions {

  @Description(
      "The service that is asked; {key} stands for the key, and without it calls send a list of"
          + " keys, e.g. --service=https://customers/{key}")
  String getService();

  void setService(String value);

  @Description(
      "The secret that opens the service, by reference, sent as a bearer token, e.g."
          + " --serviceToken=env:CUSTOMERS_TOKEN")
  String getServiceToken();

  void setServiceToken(String value);

  @Description(
      "How long a bundle of events waits for its replies; an event without one gets the fallback,"
          + " e.g. --callTimeout=PT5S")
  @AboveZero
  @Default.InstanceFactory(Durations.FiveSeconds.class)
  Duration getCallTimeout();

  void setCallTimeout(Duration value);

  @Description("How many keys a call without {key} has at most, e.g. --callBatch=100")
  @AtLeast(1)
  @Default.Integer(100)
  int getCallBatch();

  void setCallBatch(int value);

  @Description("How many calls of a worker are open at once, e.g. --callsInFlight=16")
  @AtLeast(1)
  @Default.Integer(16)
  int getCallsInFlight();

  void setCallsInFlight(int value);

  @Description("The most calls of a worker in a second; 0 for any number, e.g. --callRate=50")
  @AtLeast(0)
  @Default.Integer(0)
  int getCallRate();

  void setCallRate(int value);

  @Description(
      "How long a worker uses an answer of the service again; PT0S for never, e.g."
          + " --cacheFor=PT1M")
  @Default.InstanceFactory(Durations.OneMinute.class)
  Duration getCacheFor();

  void setCacheFor(Duration value);

  @Description("How many answers a worker keeps for that at most, e.g. --cacheKeys=100000")
  @AtLeast(1)
  @Default.Integer(100_000)
  int getCacheKeys();

  void setCacheKeys(int value);

  @Description(
      "How long a service that failed in half of the last ten calls is left alone, e.g."
          + " --callBreaker=PT10S")
  @AboveZero
  @Default.InstanceFactory(Durations.TenSeconds.class)
  Duration getCallBreaker();

  void setCallBreaker(Duration value);

  @Description(
      "What an event gets if the service did not answer: a name for the results, and a body if"
          + " there is one, e.g. --fallback=guest={\"tier\":\"none\"}")
  @Default.String("none")
  String getFallback();

  void setFallback(String value);

  @Description(
      "Let a backfill ask the service again instead of replaying recorded calls; it may answer"
          + " otherwise than it answered the stream, e.g. --callAgain=true")
  @Default.Boolean(false)
  boolean getCallAgain();

  void setCallAgain(boolean value);
}
