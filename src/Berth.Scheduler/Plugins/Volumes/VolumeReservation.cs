using Berth.Api;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>What a placed pod's unbound claims are to get.</summary>
/// <param name="Bindings">Volumes that are there, by claim.</param>
/// <param name="Provisions">Claims for which a volume is to be made on the node.</param>
public sealed record VolumeReservation(
    string PodUid, string NodeName, IReadOnlyDictionary<ObjectKey, string> Bindings, IReadOnlyList<ObjectKey> Provisions);
