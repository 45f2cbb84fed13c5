package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.retention.Retention;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Follows each user through their activities, and lists the users of each cohort and month. */
@AutoService(Oracle.class)
public final class RetentionOracle implements Oracle {

  @Override
  public String analysis() {
    return "retention";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(), List.of("--kind=PURCHASE", "--newAfter=P60D", "--timeZone=Asia/Kolkata"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Retention.Options options = given.as(Retention.Options.class);
    ZoneId zone = ZoneId.of(options.getTimeZone());
    Map<String, List<Activity>> byUser = new HashMap<>();
    inputs.of("activities", Activity.class).stream()
        .filter(each -> options.getKind() == null || each.kind() == options.getKind())
        .sorted(Comparator.comparing(Activity::at).thenComparing(Activity::id))
        .forEach(each -> byUser.computeIfAbsent(each.user(), u -> new ArrayList<>()).add(each));

    // A user who is new again is another member of another cohort.
    Map<YearMonth, Map<YearMonth, Set<String>>> cohorts = new TreeMap<>();
    byUser.forEach(
        (user, activities) -> {
          Instant first = activities.get(0).at();
          Instant before = first;
          for (Activity activity : activities) {
            if (activity.at().isAfter(before.plus(options.getNewAfter()))) {
              first = activity.at();
            }
            before = activity.at();
            cohorts
                .computeIfAbsent(month(first, zone), c -> new TreeMap<>())
                .computeIfAbsent(month(activity.at(), zone), m -> new TreeSet<>())
                .add(user + first);
          }
        });
    List<String> rows = new ArrayList<>();
    cohorts.forEach(
        (cohort, months) ->
            months.forEach(
                (month, users) -> {
                  int all = months.get(cohort).size();
                  rows.add(
                      """
                      {"cohort":"%s","month":"%s",%s,"months_since":%d,"users":%d,\
                      "cohort_users":%d,"percent":%s}"""
                          .formatted(
                              cohort,
                              month,
                              new Box<>("", start(month, zone), start(month.plusMonths(1), zone))
                                  .window(),
                              cohort.until(month, ChronoUnit.MONTHS),
                              users.size(),
                              all,
                              100.0 * users.size() / all));
                }));
    return Map.of("retention", rows);
  }

  private static YearMonth month(Instant at, ZoneId zone) {
    return YearMonth.from(at.atZone(zone));
  }

  private static Instant start(YearMonth month, ZoneId zone) {
    return month.atDay(1).atStartOfDay(zone).toInstant();
  }
}
