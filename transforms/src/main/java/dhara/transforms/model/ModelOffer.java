package dhara.transforms.model;

/**
 * What a refusal is about.
 *
 * @param model which model
 * @param version which version of it
 * @param release the identity of the record that offered it
 */
public record ModelOffer(String model, String version, String release) {

  static ModelOffer of(ModelRelease release) {
    return new ModelOffer(release.model(), release.version(), release.id());
  }
}
