package dhara.pipelines.commerce;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.First;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Last;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.Min;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What users do in a shop, visit by visit.
 *
 * <pre>
 *   activities ─▶ by user ─▶ session, which a pause of 30 min ends ─▶ journeys
 * </pre>
 *
 * <p>A journey is the user's, on all their devices; so the client's own session, which is one of a
 * device and may begin anew when an app is opened, does not divide it. How many of them there were
 * is counted. A page is what was seen: kinds {@code PAGE_VIEW}, {@code PRODUCT_VIEW}, {@code
 * SEARCH} and {@code CHECKOUT}, with the product or else the category; the other kinds are actions
 * on it.
 *
 * <p>Journeys are sums over sets of activities, and not folds in order: which page was first, and
 * in which order categories were browsed, is told by the least time and id, so that parts of a
 * session can be added up wherever they are.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class CustomerJourney implements Analysis<CustomerJourney.Options> {

  /** Whose journey it is. */
  public record Visitor(String user) {}

  /**
   * A journey.
   *
   * @param startedAt time of the first activity
   * @param endedAt time of the last activity
   * @param durationMillis between these
   * @param events activities
   * @param clientSessions distinct sessions of clients
   * @param products distinct products of all activities
   * @param itemsAdded how often something was put into the cart
   * @param purchaseMinor what was paid
   * @param categories those of pages, each once, in the order in which they were first browsed
   * @param devices kinds of devices, in alphabetical order
   * @param entryPage the first page, e.g. {@code PRODUCT_VIEW/P0012}; null without a page
   * @param exitPage the last page
   * @param converted whether something was bought
   */
  public record Journey(
      Instant startedAt,
      Instant endedAt,
      long durationMillis,
      long events,
      long clientSessions,
      long products,
      long itemsAdded,
      long purchaseMinor,
      List<String> categories,
      List<String> devices,
      @Nullable String entryPage,
      @Nullable String exitPage,
      boolean converted) {}

  /** The options: the gap of sessions. */
  public interface Options extends DharaOptions, WindowOptions {}

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Output<Visitor, Journey> JOURNEYS =
      new Output<>("journeys", Visitor.class, Journey.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("customer-journey", Options.class)
        .summary("what each user saw, put into the cart and bought, per session")
        .reads(ACTIVITIES)
        .answers(JOURNEYS)
        .scenario(Activities::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows sessions = Windowing.sessions(options);

    flow.answers(
        JOURNEYS,
        flow.events(ACTIVITIES, sessions)
            .apply(
                "Journeys",
                Answers.in(sessions)
                    .perKey(
                        Visitor.class,
                        activity -> new Visitor(activity.user()),
                        TallyFn.of(Sums.class, Sums::of, Journey.class, Sums::journey))));
  }

  private static final Set<Kind> PAGES =
      Set.of(Kind.PAGE_VIEW, Kind.PRODUCT_VIEW, Kind.SEARCH, Kind.CHECKOUT);

  /** More different products than this in one session, which are a robot's, are not counted. */
  private static final int MOST = 10_000;

  /** A page at a moment. */
  private record Page(String id, Instant at, String name) implements Event {

    static @Nullable Page of(Activity activity) {
      if (!PAGES.contains(activity.kind())) {
        return null;
      }
      String about = activity.product() == null ? activity.category() : activity.product();
      return new Page(
          activity.id(),
          activity.at(),
          about == null ? activity.kind().name() : activity.kind() + "/" + about);
    }
  }

  /** When a category was first browsed. */
  private record Browsed(@Nullable @First Page first) {}

  /** Activities, added up. */
  private record Sums(
      @Nullable @Min Instant startedAt,
      @Nullable @Max Instant endedAt,
      long events,
      Ids clientSessions,
      Ids products,
      long itemsAdded,
      long purchaseMinor,
      Map<String, Browsed> categories,
      Ids devices,
      @Nullable @First Page entry,
      @Nullable @Last Page exit,
      @Max boolean converted) {

    static Sums of(Activity activity) {
      boolean bought = activity.kind() == Kind.PURCHASE;
      Page page = Page.of(activity);
      return new Sums(
          activity.at(),
          activity.at(),
          1,
          ids(activity.session()),
          ids(activity.product()),
          activity.kind() == Kind.ADD_TO_CART ? 1 : 0,
          bought && activity.amountMinor() != null ? activity.amountMinor() : 0,
          page == null || activity.category() == null
              ? Map.of()
              : Map.of(activity.category(), new Browsed(page)),
          ids(activity.device() == null ? null : activity.device().name()),
          page,
          page,
          bought);
    }

    private static Ids ids(@Nullable String text) {
      return text == null ? Ids.NONE : Ids.of(text, MOST);
    }

    /** Null without activities. */
    @Nullable Journey journey() {
      if (startedAt == null || endedAt == null) {
        return null;
      }
      return new Journey(
          startedAt,
          endedAt,
          Duration.between(startedAt, endedAt).toMillis(),
          events,
          clientSessions.count(),
          products.count(),
          itemsAdded,
          purchaseMinor,
          categories.entrySet().stream()
              .sorted(
                  Comparator.comparing(
                          (Map.Entry<String, Browsed> each) -> each.getValue().first().at())
                      .thenComparing(each -> each.getValue().first().id()))
              .map(Map.Entry::getKey)
              .toList(),
          devices.sorted(),
          entry == null ? null : entry.name(),
          exit == null ? null : exit.name(),
          converted);
    }
  }
}
