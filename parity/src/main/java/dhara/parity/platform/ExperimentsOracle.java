package dhara.parity.platform;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.platform.experiments.ExperimentSetup;
import dhara.pipelines.platform.experiments.Experiments;
import dhara.pipelines.platform.experiments.Exposure;
import dhara.pipelines.platform.experiments.GoalReached;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Goes through the events of each user, and at each look counts everything again from the
 * beginning; computes probabilities by series.
 */
@AutoService(Oracle.class)
public final class ExperimentsOracle implements Oracle {

  private static final Duration KEPT = Duration.ofDays(90);

  @Override
  public String analysis() {
    return "experiments";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--lookEvery=PT30M",
            "--goal=purchase",
            "--enrolledFor=PT2H",
            "--assignBy=md5",
            "--significance=0.1",
            "--typicalDifference=0.1",
            "--leastUsers=40",
            "--graduateAfter=PT45M",
            "--mismatchBelow=0.0001"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  /** A user more ({@code setup} is not null), or a goal of one. */
  private record Happened(
      Instant at,
      String variant,
      int index,
      @Nullable ExperimentSetup setup,
      boolean converted,
      long minor) {}

  /** An experiment of a user. */
  private static final class Membership {
    private final Instant since;
    private final String variant;
    private final int index;
    private boolean converted;

    Membership(Instant since, String variant, int index) {
      this.since = since;
      this.variant = variant;
      this.index = index;
    }
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Experiments.Options options = given.as(Experiments.Options.class);
    List<ExperimentSetup> setups = inputs.of("setups", ExperimentSetup.class);
    List<Exposure> exposures = inputs.of("exposures", Exposure.class);
    List<GoalReached> goals =
        inputs.of("goals", GoalReached.class).stream()
            .filter(goal -> options.getGoal() == null || goal.goal().equals(options.getGoal()))
            .toList();
    List<Exposure> without = new ArrayList<>();
    Map<String, String> reasons = new HashMap<>();
    Map<String, List<Happened>> byExperiment = new TreeMap<>();
    TreeSet<String> users = new TreeSet<>();
    exposures.forEach(exposure -> users.add(exposure.user()));
    for (Exposure exposure : exposures) {
      String reason = reason(exposure, setups, options);
      if (reason != null) {
        without.add(exposure);
        reasons.put(exposure.id(), reason);
      }
    }
    for (String user : users) {
      follow(
          exposures.stream()
              .filter(each -> each.user().equals(user) && !reasons.containsKey(each.id()))
              .sorted(Comparator.comparing(Exposure::at).thenComparing(Exposure::id))
              .toList(),
          goals.stream()
              .filter(each -> each.user().equals(user))
              .sorted(Comparator.comparing(GoalReached::at).thenComparing(GoalReached::id))
              .toList(),
          setups,
          options,
          byExperiment);
    }

    List<String> unassigned = new ArrayList<>();
    Box.tumbling(
            without,
            each ->
                "\"experiment\":\"%s\",\"reason\":\"%s\""
                    .formatted(each.experiment(), reasons.get(each.id())),
            options.getLookEvery())
        .forEach(
            (box, of) ->
                unassigned.add(
                    "{%s,%s,\"exposures\":%d}".formatted(box.key(), box.window(), of.size())));
    List<String> results = new ArrayList<>();
    List<String> winners = new ArrayList<>();
    List<String> graduations = new ArrayList<>();
    byExperiment.forEach(
        (experiment, happened) ->
            new Watched(experiment, options, results, winners, graduations).look(happened));
    return Map.of(
        "results",
        results,
        "winners",
        winners,
        "graduations",
        graduations,
        "unassigned",
        unassigned);
  }

  private static @Nullable ExperimentSetup inForce(
      Exposure exposure, List<ExperimentSetup> setups) {
    ExperimentSetup last =
        setups.stream()
            .filter(setup -> setup.experiment().equals(exposure.experiment()))
            .filter(setup -> !setup.at().isAfter(exposure.at()))
            .max(Comparator.comparing(ExperimentSetup::at).thenComparing(ExperimentSetup::id))
            .orElse(null);
    return last == null || Boolean.TRUE.equals(last.ended()) ? null : last;
  }

  /** The index of the user's variant; -1 if there is none. */
  private static int index(Exposure exposure, ExperimentSetup setup, Experiments.Options options) {
    if (exposure.variant() != null) {
      return setup.variants().stream()
          .map(ExperimentSetup.Variant::name)
          .toList()
          .indexOf(exposure.variant());
    }
    String seed = setup.seed() == null ? setup.experiment() : setup.seed();
    double n =
        switch (options.getAssignBy()) {
          case growthbook -> fnv(fnv(seed + exposure.user()).toString()).mod(MANY).intValue();
          case md5 -> md5(seed + ":" + exposure.user()).mod(MANY).intValue();
        };
    double covered = setup.coverage() == null ? 1 : setup.coverage();
    double sum = 0;
    for (int i = 0; i < setup.variants().size(); i++) {
      double weight = setup.variants().get(i).weight();
      if (n / 10_000 >= sum && n / 10_000 < sum + covered * weight) {
        return i;
      }
      sum += weight;
    }
    return -1;
  }

  private static final BigInteger MANY = BigInteger.valueOf(10_000);

  private static BigInteger fnv(String text) {
    BigInteger hash = new BigInteger("2166136261");
    for (int i = 0; i < text.length(); i++) {
      hash =
          hash.xor(BigInteger.valueOf(text.charAt(i)))
              .multiply(BigInteger.valueOf(16_777_619))
              .mod(BigInteger.ONE.shiftLeft(32));
    }
    return hash;
  }

  private static BigInteger md5(String text) {
    try {
      byte[] all = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, Arrays.copyOf(all, 4));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Why an exposure has no variant; null if it has one. */
  private static @Nullable String reason(
      Exposure exposure, List<ExperimentSetup> setups, Experiments.Options options) {
    ExperimentSetup setup = inForce(exposure, setups);
    if (setup == null) {
      return "NO_EXPERIMENT";
    }
    if (index(exposure, setup, options) >= 0) {
      return null;
    }
    return exposure.variant() == null ? "NOT_COVERED" : "UNKNOWN_VARIANT";
  }

  private static void follow(
      List<Exposure> exposures,
      List<GoalReached> goals,
      List<ExperimentSetup> setups,
      Experiments.Options options,
      Map<String, List<Happened>> byExperiment) {
    Map<String, List<Membership>> memberships = new TreeMap<>();
    for (Exposure exposure : exposures) {
      List<Membership> of =
          memberships.computeIfAbsent(exposure.experiment(), e -> new ArrayList<>());
      if (of.stream().anyMatch(each -> lasts(each, exposure.at(), options))) {
        continue;
      }
      ExperimentSetup setup = inForce(exposure, setups);
      int index = index(exposure, setup, options);
      String variant = setup.variants().get(index).name();
      of.add(new Membership(exposure.at(), variant, index));
      byExperiment
          .computeIfAbsent(exposure.experiment(), e -> new ArrayList<>())
          .add(new Happened(exposure.at(), variant, index, setup, false, 0));
    }
    for (GoalReached goal : goals) {
      memberships.forEach(
          (experiment, all) -> {
            for (Membership each : all) {
              if (!each.since.isAfter(goal.at()) && lasts(each, goal.at(), options)) {
                byExperiment
                    .get(experiment)
                    .add(
                        new Happened(
                            goal.at(),
                            each.variant,
                            each.index,
                            null,
                            !each.converted,
                            goal.valueMinor() == null ? 0 : goal.valueMinor()));
                each.converted = true;
              }
            }
          });
    }
  }

  private static boolean lasts(Membership of, Instant at, Experiments.Options options) {
    return Duration.between(of.since, at).compareTo(options.getEnrolledFor()) <= 0;
  }

  /** A variant at a look. */
  private static final class Arm {
    private final String name;
    private int index = Integer.MAX_VALUE;
    private long users;
    private BigDecimal expected = BigDecimal.ZERO;
    private long conversions;
    private long minor;

    Arm(String name) {
      this.name = name;
    }

    double rate() {
      return (double) conversions / users;
    }

    double variance() {
      return rate() * (1 - rate()) / users;
    }
  }

  /** An experiment, look by look. */
  private static final class Watched {

    private final String experiment;
    private final Experiments.Options options;
    private final List<String> results;
    private final List<String> winners;
    private final List<String> graduations;
    private final Map<String, Double> sequential = new HashMap<>();
    private @Nullable String winner;

    Watched(
        String experiment,
        Experiments.Options options,
        List<String> results,
        List<String> winners,
        List<String> graduations) {
      this.experiment = experiment;
      this.options = options;
      this.results = results;
      this.winners = winners;
      this.graduations = graduations;
    }

    void look(List<Happened> happened) {
      long every = options.getLookEvery().toMillis();
      TreeSet<Long> ends = new TreeSet<>();
      happened.forEach(
          each -> ends.add((Math.floorDiv(each.at.toEpochMilli(), every) + 1) * every));
      long from = Long.MIN_VALUE;
      long before = Long.MAX_VALUE;
      for (long end : ends) {
        if (before < end - KEPT.toMillis()) {
          from = end - every;
          winner = null;
          sequential.clear();
        }
        before = end;
        long first = from;
        look(
            happened.stream()
                .filter(each -> each.at.toEpochMilli() >= first && each.at.toEpochMilli() < end)
                .toList(),
            new Box<>("", Instant.ofEpochMilli(end - every), Instant.ofEpochMilli(end)));
      }
    }

    private void look(List<Happened> happened, Box<String> box) {
      Map<String, Arm> byName = new TreeMap<>();
      for (Happened each : happened) {
        Arm own = byName.computeIfAbsent(each.variant, Arm::new);
        own.index = Math.min(own.index, each.index);
        own.users += each.setup == null ? 0 : 1;
        own.conversions += each.converted ? 1 : 0;
        own.minor += each.minor;
        if (each.setup != null) {
          List<ExperimentSetup.Variant> variants = each.setup.variants();
          double weights = 0;
          for (ExperimentSetup.Variant variant : variants) {
            weights += variant.weight();
          }
          for (int i = 0; i < variants.size(); i++) {
            Arm arm = byName.computeIfAbsent(variants.get(i).name(), Arm::new);
            arm.index = Math.min(arm.index, i);
            arm.expected = arm.expected.add(new BigDecimal(variants.get(i).weight() / weights));
          }
        }
      }
      List<Arm> arms =
          byName.values().stream()
              .sorted(Comparator.comparing((Arm arm) -> arm.index).thenComparing(arm -> arm.name))
              .toList();
      say(arms, box);
    }

    private void say(List<Arm> arms, Box<String> box) {
      Arm control = arms.get(0);
      double far = 0;
      for (Arm arm : arms) {
        double expected = arm.expected.doubleValue();
        far += (arm.users - expected) * (arm.users - expected) / expected;
      }
      double mismatch = chiSquaredTail(far, arms.size() - 1);
      boolean enough = arms.stream().allMatch(arm -> arm.users >= options.getLeastUsers());
      List<Arm> better = new ArrayList<>();
      int worse = 0;
      for (Arm arm : arms.subList(1, arms.size())) {
        double p = 1;
        if (control.users >= options.getLeastUsers() && arm.users >= options.getLeastUsers()) {
          p = alwaysValid(arm.rate() - control.rate(), arm.variance() + control.variance());
        }
        double least = Math.min(p, sequential.getOrDefault(arm.name, 1.0));
        sequential.put(arm.name, least);
        if (least < options.getSignificance() / (arms.size() - 1)) {
          if (arm.rate() > control.rate()) {
            better.add(arm);
          } else if (arm.rate() < control.rate()) {
            worse++;
          }
        }
      }
      String called = null;
      if (winner == null && enough && mismatch >= options.getMismatchBelow()) {
        if (worse == arms.size() - 1) {
          called = control.name;
        } else {
          better.sort(Comparator.comparing((Arm arm) -> -arm.rate()).thenComparing(a -> a.index));
          called = better.isEmpty() ? null : better.get(0).name;
        }
      }
      for (Arm arm : arms) {
        String lift =
            arm == control || control.conversions == 0 || arm.users == 0
                ? "null"
                : six(arm.rate() / control.rate() - 1);
        String about = "\"experiment\":\"%s\",\"variant\":\"%s\"".formatted(experiment, arm.name);
        results.add(row(about, box, arm, control, state(arm, called, mismatch), lift, mismatch));
        if (arm.name.equals(called)) {
          winners.add(
              "{\"incident\":\"%s\",%s,%s,\"users\":%d,\"rate\":%s,\"lift\":%s}"
                  .formatted(experiment, about, box.window(), arm.users, six(arm.rate()), lift));
          graduations.add(graduation(arms, arm, box));
        }
      }
      winner = winner == null ? called : winner;
    }

    private String graduation(List<Arm> arms, Arm won, Box<String> box) {
      long settles = 3 * options.getLateness().toMillis();
      long after = Math.max(options.getGraduateAfter().toMillis(), settles);
      Instant at = box.end().plusMillis(after);
      List<String> variants =
          arms.stream()
              .map(
                  arm ->
                      "{\"name\":\"%s\",\"weight\":%s}"
                          .formatted(arm.name, arm == won ? "1.0" : "0.0"))
              .toList();
      return "{\"incident\":\"%s\",\"experiment\":\"%s\",%s,\"id\":\"%s@%s\",\"at\":\"%s\",\"variants\":[%s]}"
          .formatted(
              experiment,
              experiment,
              box.window(),
              experiment,
              at,
              Box.text(at),
              String.join(",", variants));
    }

    private String state(Arm arm, @Nullable String called, double mismatch) {
      if (winner != null) {
        return winner.equals(arm.name) ? "WON" : "LOST";
      }
      if (called != null) {
        return called.equals(arm.name) ? "CALLED" : "LOST";
      }
      return mismatch < options.getMismatchBelow() ? "MISMATCH" : "RUNNING";
    }

    private String row(
        String about,
        Box<String> box,
        Arm arm,
        Arm control,
        String state,
        String lift,
        double mismatch) {
      boolean compares = arm != control && arm.users > 0 && control.users > 0;
      double difference = compares ? arm.rate() - control.rate() : 0;
      double margin =
          compares
              ? deviations(options.getSignificance())
                  * Math.sqrt(arm.variance() + control.variance())
              : 0;
      return """
      {%s,%s,"state":"%s","users":%d,"expected_users":%s,"conversions":%d,"rate":%s,\
      "value_minor":%d,"value_per_user_minor":%s,"lift":%s,"difference":%s,"low":%s,"high":%s,\
      "p_value":%s,"sequential_p_value":%s,"mismatch_p_value":%s}\
      """
          .formatted(
              about,
              box.window(),
              state,
              arm.users,
              six(arm.expected.doubleValue()),
              arm.conversions,
              six(arm.users == 0 ? 0 : arm.rate()),
              arm.minor,
              six(arm.users == 0 ? 0 : (double) arm.minor / arm.users),
              lift,
              compares ? six(difference) : null,
              compares ? six(difference - margin) : null,
              compares ? six(difference + margin) : null,
              compares ? six(fixed(control, arm)) : null,
              arm == control ? null : six(sequential.get(arm.name)),
              six(mismatch));
    }

    private double alwaysValid(double difference, double variance) {
      double tau = options.getTypicalDifference();
      if (variance == 0) {
        return 1;
      }
      double sum = variance + tau * tau;
      double ratio =
          Math.sqrt(variance / sum)
              * Math.exp(tau * tau * difference * difference / (2 * variance * sum));
      return Math.min(1, 1 / ratio);
    }
  }

  private static double fixed(Arm control, Arm arm) {
    double rate = (double) (control.conversions + arm.conversions) / (control.users + arm.users);
    double error = Math.sqrt(rate * (1 - rate) * (1.0 / control.users + 1.0 / arm.users));
    return error == 0 ? 1 : twoTails(Math.abs(arm.rate() - control.rate()) / error);
  }

  /** Beyond how many standard deviations, on both sides, this share of a normal distribution is. */
  private static double deviations(double share) {
    double low = 0;
    double high = 40;
    for (int i = 0; i < 200; i++) {
      double middle = (low + high) / 2;
      if (twoTails(middle) > share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The share of a normal distribution beyond so many standard deviations, on both sides. */
  private static double twoTails(double z) {
    double density = Math.exp(-z * z / 2) * Math.sqrt(2 / Math.PI);
    if (z < 3) {
      double term = z;
      double sum = z;
      for (int n = 1; Math.abs(term) > 1e-20; n++) {
        term *= z * z / (2 * n + 1);
        sum += term;
      }
      return 1 - density * sum;
    }
    double fraction = z;
    for (int n = 200; n >= 1; n--) {
      fraction = z + n / fraction;
    }
    return density / fraction;
  }

  private static double chiSquaredTail(double x, int free) {
    double tail = free % 2 == 1 ? twoTails(Math.sqrt(x)) : Math.exp(-x / 2);
    double term =
        free % 2 == 1 ? Math.sqrt(2 * x / Math.PI) * Math.exp(-x / 2) : Math.exp(-x / 2) * x / 2;
    for (int k = free % 2 == 1 ? 3 : 4; k <= free; k += 2) {
      tail += term;
      term *= x / k;
    }
    return tail;
  }

  private static String six(double number) {
    return String.valueOf(new BigDecimal(number).round(new MathContext(6)).doubleValue());
  }
}
