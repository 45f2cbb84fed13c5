package dhara.transforms.model;

import static dhara.transforms.model.Offers.due;
import static dhara.transforms.model.Offers.heldOut;
import static dhara.transforms.model.Offers.linear;
import static dhara.transforms.model.Offers.release;
import static dhara.transforms.model.Offers.scripted;
import static dhara.transforms.model.Offers.sha256;
import static dhara.transforms.model.Offers.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.join.Version;
import dhara.transforms.model.ModelRefusal.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelGateTest {

  private static final ModelTerms TERMS = new ModelTerms(0.5, 0.01, null);

  /** Average precisions by "VERSION on VERSION". */
  private static ModelGate gate(ModelTerms terms, Map<String, Double> precisions) {
    return new ModelGate(
        terms,
        (release, heldOf) -> {
          Double precision = precisions.get(release.version() + " on " + heldOf.version());
          if (precision == null) {
            throw new BadModel("no such rows");
          }
          return precision;
        });
  }

  private static ModelRelease offer(String version, String at) {
    return scripted(version, at, "p 0.5");
  }

  private static List<String> shown(ModelGate gate, ModelRelease... releases) {
    List<DueRelease> versions = new ArrayList<>();
    for (ModelRelease release : releases) {
      versions.add(due(release));
    }
    return gate.over(versions).stream().map(ModelGateTest::shown).toList();
  }

  private static String shown(ModelVerdict verdict) {
    ModelRefusal no = verdict.refusal();
    return no == null
        ? verdict.id() + " in force"
        : "%s %s %s/%s, %s %s"
            .formatted(
                verdict.id(),
                no.reason(),
                no.averagePrecision(),
                no.leastPrecision(),
                no.inForce(),
                no.inForcePrecision());
  }

  @Test
  void aReleaseIsComparedWithTheFloorAndWithTheOneInForceOnItsOwnHeldSet() {
    assertThat(
        shown(
            gate(
                TERMS,
                Map.of(
                    "v1 on v1",
                    0.499999,
                    "v2 on v2",
                    0.5,
                    "v3 on v3",
                    0.6,
                    "v2 on v3",
                    0.610001,
                    "v4 on v4",
                    0.6,
                    "v2 on v4",
                    0.61,
                    "v5 on v5",
                    0.9,
                    "v4 on v5",
                    0.2)),
            offer("v1", "10:00:00"),
            offer("v2", "11:00:00"),
            offer("v3", "12:00:00"),
            offer("v4", "13:00:00"),
            offer("v5", "14:00:00")),
        contains(
            "v1 BELOW_FLOOR 0.499999/0.5, null null",
            "v2 in force",
            "v3 WORSE 0.6/0.600001, v2 0.610001",
            "v4 in force",
            "v5 in force"));
  }

  @Test
  void releasesAreDecidedInTheOrderOfTheirTimesAndIds() {
    assertThat(
        shown(
            gate(
                TERMS,
                Map.of("a on a", 0.9, "b on b", 0.7, "a on b", 0.9, "c on c", 0.95, "a on c", 0.9)),
            offer("c", "11:00:00"),
            offer("b", "10:00:00"),
            offer("a", "10:00:00")),
        contains("a in force", "b WORSE 0.7/0.89, a 0.9", "c in force"));
  }

  @Test
  void ifTheOneInForceCannotBeTriedOnTheNewRowsTheFloorAloneCounts() {
    assertThat(
        shown(
            gate(TERMS, Map.of("v1 on v1", 0.9, "v2 on v2", 0.6)),
            offer("v1", "10:00:00"),
            offer("v2", "11:00:00")),
        contains("v1 in force", "v2 in force"));
  }

  @Test
  void anUnusableReleaseSaysWhatIsWrongAndTheOneInForceStays() {
    ModelGate gate = gate(TERMS, Map.of("v1 on v1", 0.9));
    List<ModelVerdict> verdicts =
        gate.over(List.of(due(offer("v1", "10:00:00")), due(offer("v2", "11:00:00"))));

    assertThat(
        verdicts.get(1).refusal(),
        is(new ModelRefusal(Reason.UNUSABLE, "no such rows", null, null, "v1", null)));
  }

  @Test
  void afterARemovalTheNextReleaseIsTheFirst() {
    ModelGate gate = gate(TERMS, Map.of("v1 on v1", 0.9, "v2 on v2", 0.6, "v1 on v2", 0.9));
    List<ModelVerdict> verdicts =
        gate.over(
            List.of(
                due(offer("v1", "10:00:00")),
                DueRelease.of(
                    Version.removed("m", offer("x", "10:30:00").at(), "gone"), Duration.ZERO),
                due(offer("v2", "11:00:00"))));

    assertThat(verdicts.get(1).release(), is(nullValue()));
    assertThat(verdicts.get(2).refusal(), is(nullValue()));
  }

  @Test
  void aPinnedVersionIsInForceHoweverGoodItIsAndNoOther() {
    assertThat(
        shown(
            gate(
                new ModelTerms(0.5, 0.01, "v2"),
                Map.of("v1 on v1", 0.9, "v2 on v2", 0.1, "v3 on v3", 0.9)),
            offer("v1", "10:00:00"),
            offer("v2", "11:00:00"),
            offer("v3", "12:00:00")),
        contains("v2 in force"));
  }

  private static String wrong(ModelRelease release) {
    ModelGate gate = new ModelGate(TERMS, new HeldTrial(List.of("x", "y")));
    ModelRefusal refusal = gate.over(List.of(due(release))).get(0).refusal();
    assertThat(refusal.reason(), is(Reason.UNUSABLE));
    return refusal.detail();
  }

  @Test
  void filesAreReadAndTriedAndWhatIsWrongWithThemIsSaid(@TempDir Path folder) throws Exception {
    ModelGate gate = new ModelGate(TERMS, new HeldTrial(List.of("x", "y")));
    assertThat(
        shown(gate, linear("up", "10:00:00", 1), linear("down", "11:00:00", -1)),
        contains("up in force", "down BELOW_FLOOR 0.416667/0.5, up null"));
    String json = "{\"features\":[\"x\"],\"bias\":0,\"weights\":[1]}";
    Path file = Files.writeString(folder.resolve("up.linear"), json);
    assertThat(
        shown(gate, release("file", "10:00:00", file.toString(), sha256(json))),
        contains("file in force"));

    assertThat(
        wrong(release("v", "10:00:00", file.toString(), sha256("other"))),
        is("the file of the model has the SHA-256 " + sha256(json)));
    assertThat(
        wrong(release("v", "10:00:00", folder.resolve("no.linear").toString(), sha256(json))),
        is("there is no file of the model"));
    assertThat(
        wrong(release("v", "10:00:00", folder.resolve("model").toString(), sha256(json))),
        containsString("no ending that tells the format"));
    assertThat(
        wrong(release("v", "10:00:00", "data:application/linear,{}", sha256(json))),
        containsString("not of the form data:TYPE/FORMAT;base64,BYTES"));
    assertThat(
        wrong(release("v", "10:00:00", "data:application/linear;base64,?", sha256(json))),
        containsString("not base64"));
    assertThat(
        wrong(release("v", "10:00:00", uri("linear", "{}"), sha256("{}"))),
        containsString("has the fields features, bias and weights"));
    String other = "{\"features\":[\"z\"],\"bias\":0,\"weights\":[1]}";
    assertThat(
        wrong(release("v", "10:00:00", uri("linear", other), sha256(other))),
        is("the model asks for z, and there are only [x, y]"));
    String more = "{\"features\":[\"y\"],\"bias\":0,\"weights\":[1]}";
    assertThat(
        wrong(release("v", "10:00:00", uri("linear", more), sha256(more))),
        is("the held set has no column y"));
    assertThat(wrong(scripted("v", "10:00:00", "fails 3")), is("it fails on 3.0"));
    assertThat(
        wrong(scripted("v", "10:00:00", "p 1.5")),
        is("the model gives a row of the held set the probability 1.5"));
    ModelRelease up = linear("up", "10:00:00", 1);
    assertThat(wrong(heldOut(up, "x\n1\n")), is("the held set has no column label"));
    assertThat(wrong(heldOut(up, "x,label\n1,0\n")), containsString("no row with the label 1"));
    assertThat(wrong(heldOut(up, "x,label\n1,2\n")), containsString("line 2"));
    assertThat(wrong(heldOut(up, "x,label\n1,1\n1\n")), containsString("line 3"));
    assertThat(wrong(heldOut(up, "x,label\na,1\n")), containsString("no number"));
    assertThat(ScriptedFormat.count(ScriptedFormat.OPEN, "fails 3").get(), is(0));
  }

  @Test
  void aFormatWithoutItsModuleIsAnErrorOfTheInstallation() {
    ModelGate gate = new ModelGate(TERMS, new HeldTrial(List.of("x")));
    ModelRelease release = release("v", "10:00:00", uri("onnx", ""), sha256(""));

    assertThat(
        assertThrows(IllegalStateException.class, () -> gate.over(List.of(due(release))))
            .getMessage(),
        is(
            "no module on the class path reads models of the format onnx; onnx comes with the"
                + " profile models, e.g. -Pflink-runner,models, and on the direct runner with"
                + " -Ptrain"));
  }
}
