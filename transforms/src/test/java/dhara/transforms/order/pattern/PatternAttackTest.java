package dhara.transforms.order.pattern;

import dhara.records.CoderAttack;
import dhara.records.RecordCoder;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PatternAttackTest {

  @Test
  void bytesArePartialMatchesOrAnError() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 4; i++) {
      RandomPatterns patterns = new RandomPatterns(random.split(), ChronoUnit.MICROS);
      Pattern<Signal> pattern = patterns.pattern();
      List<Partials<Signal>> all = new ArrayList<>(List.of(new Partials<>()));
      for (int j = 0; j < 5; j++) {
        Matcher<Signal> matcher = Matcher.of(pattern);
        Partials<Signal> partials = new Partials<>();
        for (Signal signal : patterns.signals()) {
          matcher.next(partials, signal, signal.micros(), new Found());
        }
        all.add(partials);
      }

      CoderAttack.on(
          "partial matches " + i, 8, PartialsCoder.of(pattern, RecordCoder.of(Signal.class)), all);
    }
  }
}
