using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>The files of an image or OCI artifact, as a volume that can be read alone.</summary>
public sealed partial record ImageVolumeSource
{
    /// <summary>Image or artifact, as in a container's image.</summary>
    [Field(1)]
    public string Reference { get; init; } = "";

    /// <summary>Always, IfNotPresent or Never. Default: Always for the tag latest, otherwise IfNotPresent.</summary>
    [Field(2)]
    public string PullPolicy { get; init; } = "";
}
