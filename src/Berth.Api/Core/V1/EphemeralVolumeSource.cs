using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A claim made for the pod and deleted with it, named POD-VOLUME.</summary>
public sealed partial record EphemeralVolumeSource
{
    /// <summary>The claim to make. Its labels and annotations are taken over; it is checked as a claim of its own.</summary>
    [Field(1)]
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; init; }
}
