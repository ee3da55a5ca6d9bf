using Berth.Api.Resource.V1;
using Berth.Node.Devices.Checkpoint;

namespace Berth.Node.Devices.Claims;

/// <summary>A driver of dynamic resource allocation on this node: a plugin behind a socket, or one of Berth's own.</summary>
public interface IClaimDriver
{
    string Name { get; }

    /// <summary>Makes the driver's devices of a claim ready for containers. Doing it again changes nothing.</summary>
    /// <exception cref="ClaimDriverException">The driver cannot, or does not answer.</exception>
    Task<IReadOnlyList<PreparedDevice>> PrepareAsync(ResourceClaim claim, CancellationToken ct);

    /// <summary>Undoes it; called also for claims that were never prepared, or whose object is gone.</summary>
    /// <exception cref="ClaimDriverException">The driver cannot, or does not answer: it is asked again.</exception>
    Task UnprepareAsync(PreparedClaim claim, CancellationToken ct);

    /// <summary>True or false when the driver tells of the device's health; null when it is not known.</summary>
    DeviceCondition? HealthOf(string pool, string device) => null;
}
