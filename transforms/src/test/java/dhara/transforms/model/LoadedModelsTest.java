package dhara.transforms.model;

import static dhara.transforms.model.Offers.scripted;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadedModelsTest {

  private static final List<String> X = List.of("x");

  private static ModelInForce model(String script) {
    return ModelInForce.of(scripted("v", "10:00:00", script));
  }

  private static int open(String script) {
    return ScriptedFormat.count(ScriptedFormat.OPEN, script).get();
  }

  @Test
  void aModelThatWasGivenBackIsUsedAgainButNotByTwoAtOnce() {
    LoadedModels models = new LoadedModels();
    models.open();
    LoadedModel one = models.take(model("p 0.11"), X);
    LoadedModel other = models.take(model("p 0.11"), X);
    assertThat(other, is(not(sameInstance(one))));
    models.giveBack(one);

    assertThat(models.take(model("p 0.11"), X), is(sameInstance(one)));
    assertThat(ScriptedFormat.count(ScriptedFormat.READ, "p 0.11").get(), is(2));
    models.giveBack(other);
    assertThat(
        "for other rows it is read again",
        models.take(model("p 0.11"), List.of("y", "x")),
        is(not(sameInstance(other))));
  }

  @Test
  void thoseThatWereUsedLastAreKeptAndAllAreClosedAfterTheLastStep() {
    LoadedModels models = new LoadedModels();
    models.open();
    models.open();
    List<LoadedModel> taken = new ArrayList<>();
    for (int n = 0; n < 9; n++) {
      taken.add(models.take(model("p 0.2" + n), X));
    }
    taken.forEach(models::giveBack);

    assertThat(models.idle(), is(8));
    assertThat("the one used first", open("p 0.20"), is(0));
    assertThat(open("p 0.21"), is(1));
    models.release();
    assertThat(open("p 0.21"), is(1));
    LoadedModel last = models.take(model("p 0.28"), X);
    models.release();
    assertThat(open("p 0.21"), is(0));
    models.giveBack(last);
    assertThat("given back after the end", open("p 0.28"), is(0));
  }
}
