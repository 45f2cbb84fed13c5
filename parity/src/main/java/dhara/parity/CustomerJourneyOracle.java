package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.CustomerJourney;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Walks through the sorted activities of each session. */
@AutoService(Oracle.class)
public final class CustomerJourneyOracle implements Oracle {

  private static final Set<Kind> PAGES =
      Set.of(Kind.PAGE_VIEW, Kind.PRODUCT_VIEW, Kind.SEARCH, Kind.CHECKOUT);

  @Override
  public String analysis() {
    return "customer-journey";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of("--gap=PT8S"), List.of("--gap=PT3M"), List.of());
  }

  @Override
  public long testEvents() {
    return 350;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Duration gap = given.as(CustomerJourney.Options.class).getGap();
    List<String> journeys = new ArrayList<>();
    Box.sessions(
            inputs.of("activities", Activity.class),
            Activity::user,
            gap == null ? Duration.ofMinutes(30) : gap)
        .forEach(
            (box, session) -> {
              session.sort(Comparator.comparing(Activity::at).thenComparing(Activity::id));
              journeys.add(journey(box, session));
            });
    return Map.of("journeys", journeys);
  }

  private static String journey(Box<String> box, List<Activity> session) {
    List<Activity> pages = session.stream().filter(a -> PAGES.contains(a.kind())).toList();
    List<String> categories = new ArrayList<>();
    long added = 0;
    long paid = 0;
    boolean converted = false;
    for (Activity activity : session) {
      String category = activity.category();
      if (pages.contains(activity) && category != null && !categories.contains(category)) {
        categories.add(category);
      }
      added += activity.kind() == Kind.ADD_TO_CART ? 1 : 0;
      if (activity.kind() == Kind.PURCHASE) {
        converted = true;
        paid += activity.amountMinor() == null ? 0 : activity.amountMinor();
      }
    }
    Instant first = session.get(0).at();
    Instant last = session.get(session.size() - 1).at();
    return """
        {"user":"%s",%s,"started_at":"%s","ended_at":"%s","duration_millis":%d,"events":%d,\
        "client_sessions":%d,"products":%d,"items_added":%d,"purchase_minor":%d,\
        "categories":[%s],"devices":[%s],"entry_page":%s,"exit_page":%s,"converted":%b}"""
        .formatted(
            escaped(box.key()),
            box.window(),
            Box.text(first),
            Box.text(last),
            Duration.between(first, last).toMillis(),
            session.size(),
            distinct(session, Activity::session).size(),
            distinct(session, Activity::product).size(),
            added,
            paid,
            quoted(categories),
            quoted(distinct(session, a -> a.device() == null ? null : a.device().name())),
            pages.isEmpty() ? "null" : quoted(List.of(name(pages.get(0)))),
            pages.isEmpty() ? "null" : quoted(List.of(name(pages.get(pages.size() - 1)))),
            converted);
  }

  private static String name(Activity page) {
    String about = page.product() == null ? page.category() : page.product();
    return page.kind() + (about == null ? "" : "/" + about);
  }

  /** Each value once, in alphabetical order, without nulls. */
  private static List<String> distinct(
      List<Activity> session, Function<Activity, @Nullable String> of) {
    return session.stream().map(of).filter(Objects::nonNull).distinct().sorted().toList();
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> "\"" + escaped(text) + "\"").collect(Collectors.joining(","));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
