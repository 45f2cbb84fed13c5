package dhara.transforms.model;

/**
 * A model that is in force.
 *
 * @param release the identity of its release
 * @param version its version, for people
 * @param uri where its bytes are
 * @param sha256 their SHA-256
 */
public record ModelInForce(String release, String version, String uri, String sha256) {

  static ModelInForce of(ModelRelease release) {
    return new ModelInForce(release.id(), release.version(), release.uri(), release.sha256());
  }
}
