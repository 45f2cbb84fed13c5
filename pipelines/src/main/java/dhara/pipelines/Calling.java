package dhara.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import dhara.connectors.RowJson;
import dhara.options.BadOption;
import dhara.options.CallOptions;
import dhara.options.SecretReference;
import dhara.options.UriText;
import dhara.transforms.call.Call;
import dhara.transforms.call.CallRecord;
import dhara.transforms.call.Fallback;
import dhara.transforms.call.ServiceScheme;
import dhara.transforms.call.ServiceTerms;
import java.time.Duration;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The calls that the options define. If the run reads recorded calls, they are replayed. Otherwise
 * a stream asks the service, and a backfill only if {@code --callAgain} says so.
 */
public final class Calling {

  private Calling() {}

  /**
   * Calls about events.
   *
   * @param recorded the optional input of recorded calls
   * @param events of which the calls are to be about
   * @param lateness of the events
   * @throws BadOption if the options contradict each other or the sources
   */
  public static Call.How of(
      Flow flow,
      Input<CallRecord> recorded,
      PCollection<?> events,
      Duration lateness,
      CallOptions options) {
    String service = options.getService();
    ServiceTerms terms = terms(options);
    Fallback fallback = fallback(options.getFallback());
    boolean again = options.getCallAgain();
    boolean backfill = events.isBounded() == IsBounded.BOUNDED;
    Call.How how;
    if (flow.reads(recorded)) {
      if (again) {
        throw new BadOption(
            "--callAgain",
            true,
            "asks again, but recorded calls are read too; leave it or --events=%s= out"
                .formatted(recorded.name()));
      }
      how = Call.replaying(flow.events(recorded, Call.windows(lateness)));
    } else if (service == null) {
      throw new BadOption(
          "--service",
          null,
          "is missing; name the service, e.g. --service=https://customers/{key}, or the calls that"
              + " an earlier run recorded: --events=%s=URI".formatted(recorded.name()));
    } else if (backfill && !again) {
      throw new BadOption(
          "--service",
          service,
          ("is not asked by a backfill, because it may answer otherwise now; give the calls that"
                  + " the stream recorded, --events=%s=URI, or say --callAgain=true")
              .formatted(recorded.name()));
    } else {
      how = asking(service, terms);
    }
    return how.withLateness(lateness).withFallback(fallback);
  }

  private static Call.How asking(String service, ServiceTerms terms) {
    try {
      return Call.asking(UriText.shown(service), ServiceScheme.of(service).opening(terms));
    } catch (IllegalArgumentException e) {
      throw new BadOption("--service", service, e.getMessage(), e);
    }
  }

  private static ServiceTerms terms(CallOptions options) {
    String token = options.getServiceToken();
    if (token != null && !SecretReference.is(token)) {
      throw new BadOption(
          "--serviceToken", "…", "is the secret itself; name it: --serviceToken=env:NAME");
    }
    Duration cacheFor = options.getCacheFor();
    if (cacheFor.isNegative()) {
      throw new BadOption("--cacheFor", cacheFor, "is below zero, e.g. --cacheFor=PT1M");
    }
    return new ServiceTerms(
        options.getService() == null ? "" : options.getService(),
        token,
        options.getCallTimeout(),
        options.getCallBatch(),
        options.getCallsInFlight(),
        options.getCallRate(),
        cacheFor,
        options.getCacheKeys(),
        options.getCallBreaker());
  }

  /** What reads the answer of a service as JSON reads the body of the fallback in its place. */
  private static void checkJson(String said, @Nullable String body) {
    if (body == null) {
      return;
    }
    try {
      if (RowJson.value(body).isMissingNode()) {
        throw new BadOption(
            "--fallback", said, "has an empty body; leave out the = for a fallback without one");
      }
    } catch (JsonProcessingException e) {
      throw new BadOption(
          "--fallback",
          said,
          "has a body that is no JSON, e.g. --fallback=guest={\"tier\":\"none\"}",
          e);
    }
  }

  private static Fallback fallback(String said) {
    int equals = said.indexOf('=');
    String name = equals < 0 ? said : said.substring(0, equals);
    @Nullable String body = equals < 0 ? null : said.substring(equals + 1);
    if (name.isBlank()) {
      throw new BadOption(
          "--fallback", said, "has no name, e.g. --fallback=guest={\"tier\":\"none\"}");
    }
    checkJson(said, body);
    return new Fallback(name, body);
  }
}
