package dhara.pipelines.commerce.engagement;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.RunningOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.InForce;
import dhara.transforms.join.Versioned;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.tally.TextCounts;
import dhara.transforms.windows.Windows;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/**
 * How engaged users are: points for what they do, by the weights that were in force when they did
 * it.
 *
 * <pre>
 *   interactions ─▶ weigh ─▶ by user ─▶ per day ─▶ engagement
 *                     ▲
 *   weights ──────────┘ (as of then)
 * </pre>
 *
 * <p>The score is the points per interaction, so it says how a user engages, not how much. Weights
 * are added up exactly and rounded once, so they may be fractions. A stream updates the day so far
 * every ten seconds, and the day settles when it ends in {@code --timeZone}.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Engagement implements Analysis<Engagement.Options> {

  /** What an answer is about. */
  public record Member(String user) {}

  /**
   * What a user did on a day.
   *
   * @param interactions how many, of any kind
   * @param points the sum of their weights
   * @param score {@code points / interactions}
   * @param kinds the kinds of interactions, most first, then by name
   * @param otherInteractions how many were of kinds that are not listed
   */
  public record Engaged(
      long interactions, double points, double score, List<Kind> kinds, long otherInteractions) {}

  /** How many interactions were of a kind. */
  public record Kind(String kind, long interactions) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, RunningOptions {

    @Description(
        "How many kinds an answer lists, in alphabetical order of the kinds; the rest are counted"
            + " together, e.g. --kinds=20")
    @Default.Integer(20)
    @AtLeast(1)
    int getKinds();

    void setKinds(int value);
  }

  static final Input<Interaction> INTERACTIONS = new Input<>("interactions", Interaction.class);
  static final Input<KindWeight> WEIGHTS =
      Input.reference("weights", KindWeight.class, Versioned.by(KindWeight::kind)).asOptional();
  static final Output<Member, Engaged> ENGAGEMENT =
      new Output<>("engagement", Member.class, Engaged.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("engagement", Options.class)
        .summary("likes, shares and comments per user and day, weighed as of then")
        .reads(INTERACTIONS, WEIGHTS)
        .answers(ENGAGEMENT)
        .scenario(Scenario.of(MadeUpInteractions::generate, MadeUpInteractions::endless));
  }

  @Override
  public void build(Flow flow, Options options) {
    int kinds = options.getKinds();
    Windows days = Windowing.running(options);

    flow.answers(
        ENGAGEMENT,
        flow.events(INTERACTIONS, days)
            .apply(
                "Weigh",
                flow.reference(WEIGHTS, days)
                    .into(
                        Weighed.class,
                        (Interaction of, InForce<KindWeight> weights) -> Weighed.of(of, weights)))
            .apply(
                "Engagement",
                Answers.in(days)
                    .perKey(
                        Member.class,
                        weighed -> new Member(weighed.user()),
                        TallyFn.of(
                            Sums.class,
                            weighed -> Sums.of(weighed, kinds),
                            Engaged.class,
                            Sums::engaged))));
  }

  /** An interaction and what it is worth. */
  private record Weighed(String user, String kind, double weight) {

    private static Weighed of(Interaction of, InForce<KindWeight> weights) {
      return new Weighed(
          of.user(),
          of.kind(),
          weights
              .get(of.kind())
              .map(KindWeight::weight)
              .orElseGet(() -> KindWeight.byDefault(of.kind())));
    }
  }

  /** Interactions, added up. */
  private record Sums(ExactSum points, TextCounts kinds) {

    private static Sums of(Weighed weighed, int kinds) {
      return new Sums(ExactSum.of(weighed.weight), TextCounts.of(weighed.kind, kinds));
    }

    private Engaged engaged() {
      return new Engaged(
          points.count(),
          points.sum(),
          points.average(),
          kinds.byText().entrySet().stream()
              .map(each -> new Kind(each.getKey(), each.getValue()))
              .sorted(Comparator.comparing(Kind::interactions).reversed().thenComparing(Kind::kind))
              .toList(),
          kinds.others());
    }
  }
}
