package dhara.parity;

/**
 * Further analyses over real data. One engine is enough for what they check: the mappings, and the
 * logic of each analysis; that the engines agree is checked over generated events.
 */
public abstract class RealAnalyses
    implements RealBars,
        RealJourneys,
        RealPlayers,
        RealPosts,
        RealQuality,
        RealRides,
        RealSensors,
        RealServices,
        RealShop,
        RealTrips {}
