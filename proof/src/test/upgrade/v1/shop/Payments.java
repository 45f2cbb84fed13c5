package shop;

import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Instant;

/** Payments, the first version: how many by each method, and how much. */
@SuppressWarnings("rawtypes")
public final class Payments implements Analysis<Payments.Options> {

  public record Payment(String id, Instant at, String method, long minor) implements Event {}

  public record Method(String method) {}

  public record Taken(long payments, long minor) {}

  public interface Options extends DharaOptions, WindowOptions {}

  static final Input<Payment> PAYMENTS = new Input<>("payments", Payment.class);
  static final Output<Method, Taken> TAKEN = new Output<>("taken", Method.class, Taken.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("payments", Options.class)
        .summary("payments and amounts by method and window")
        .reads(PAYMENTS)
        .answers(TAKEN);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options);
    flow.answers(
        TAKEN,
        flow.events(PAYMENTS, windows)
            .apply("ByMethod", KeyBy.record(Method.class, p -> new Method(p.method())))
            .apply(
                "Taken",
                Answers.in(windows)
                    .perKey(
                        TallyFn.of(
                            new Sum(0, 0), p -> new Sum(1, p.minor()), Taken.class, Sum::taken))));
  }

  private record Sum(long payments, long minor) implements Tally<Sum> {

    @Override
    public Sum plus(Sum other) {
      return new Sum(payments + other.payments, minor + other.minor);
    }

    Taken taken() {
      return new Taken(payments, minor);
    }
  }
}
