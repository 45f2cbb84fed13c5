package dhara.parity.visits;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.parity.visits.Visits.Click;
import dhara.parity.visits.Visits.Impression;
import dhara.parity.visits.Visits.Price;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes visits from lists: for each click it searches all prices for the last one before it. */
@AutoService(Oracle.class)
public final class VisitsOracle implements Oracle {

  private static final Comparator<Event> BY_TIME =
      Comparator.comparing(Event::at).thenComparing(Event::id);

  /** What a user saw, or clicked at a price. */
  private record Seen(String id, Instant at, String user, String ad, boolean clicked, long minor)
      implements Event {}

  @Override
  public String analysis() {
    return "visits";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of("--gap=PT8S"), List.of(), List.of("--window=PT40S", "--every=PT10S"));
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    List<Price> prices = new ArrayList<>(inputs.of("prices", Price.class));
    prices.sort(BY_TIME);
    List<Seen> seen = new ArrayList<>();
    for (Impression shown : inputs.of("impressions", Impression.class)) {
      seen.add(new Seen(shown.id(), shown.at(), shown.user(), shown.ad(), false, 0));
    }
    for (Click click : inputs.of("clicks", Click.class)) {
      long minor = price(prices, click);
      seen.add(new Seen(click.id(), click.at(), click.user(), click.ad(), true, minor));
    }
    return Map.of(
        "visits", visits(seen, given.as(Visits.Options.class)),
        "totals", totals(seen),
        "alerts", alerts(seen));
  }

  private static long price(List<Price> prices, Click click) {
    long minor = 0;
    for (Price price : prices) {
      if (price.ad().equals(click.ad()) && !price.at().isAfter(click.at())) {
        minor = price.withdrawn() ? 0 : price.minor();
      }
    }
    return minor;
  }

  private static List<String> visits(List<Seen> seen, Visits.Options options) {
    List<String> answers = new ArrayList<>();
    Box.fill(seen, Seen::user, options)
        .forEach(
            (box, of) -> {
              if (clicked(of) > 0) {
                answers.add(
                    "{\"user\":\"%s\",%s,\"shown\":%d,\"clicked\":%d,\"minor\":%d,\"dearest_minor\":%d}"
                        .formatted(
                            box.key(),
                            box.window(),
                            of.size() - clicked(of),
                            clicked(of),
                            minor(of),
                            of.stream().mapToLong(Seen::minor).max().orElseThrow()));
              }
            });
    return answers;
  }

  private static List<String> totals(List<Seen> seen) {
    Map<Box<String>, List<Seen>> days = new LinkedHashMap<>();
    for (Seen each : seen) {
      LocalDate day = each.at().atZone(Visits.ZONE).toLocalDate();
      Box<String> box =
          new Box<>(
              each.ad(),
              day.atStartOfDay(Visits.ZONE).toInstant(),
              day.plusDays(1).atStartOfDay(Visits.ZONE).toInstant());
      days.computeIfAbsent(box, b -> new ArrayList<>()).add(each);
    }
    List<String> answers = new ArrayList<>();
    days.forEach(
        (box, of) ->
            answers.add(
                "{\"ad\":\"%s\",%s,\"shown\":%d,\"clicked\":%d,\"minor\":%d}"
                    .formatted(
                        box.key(), box.window(), of.size() - clicked(of), clicked(of), minor(of))));
    return answers;
  }

  private static List<String> alerts(List<Seen> seen) {
    List<String> answers = new ArrayList<>();
    Box.tumbling(seen, Seen::user, Duration.ofMinutes(1))
        .forEach(
            (box, of) -> {
              if (clicked(of) >= Visits.MANY) {
                answers.add(
                    "{\"incident\":\"{\\\"user\\\":\\\"%s\\\"} %s/%s\",\"user\":\"%s\",%s,\"clicked\":%d}"
                        .formatted(
                            box.key(),
                            box.start(),
                            box.end(),
                            box.key(),
                            box.window(),
                            clicked(of)));
              }
            });
    return answers;
  }

  private static long clicked(List<Seen> seen) {
    return seen.stream().filter(Seen::clicked).count();
  }

  private static long minor(List<Seen> seen) {
    return seen.stream().mapToLong(Seen::minor).sum();
  }
}
