using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A clone of a git repository. Disabled: clone in an init container into an emptyDir.</summary>
public sealed partial record GitRepoVolumeSource
{
    /// <summary>Address of the repository.</summary>
    [Field(1, Always = true, Required = true)]
    public string Repository { get; init; } = "";

    /// <summary>Commit to check out.</summary>
    [Field(2)]
    public string Revision { get; init; } = "";

    /// <summary>Directory of the volume to clone into, without .. in it; "." for the volume itself.</summary>
    [Field(3)]
    public string Directory { get; init; } = "";
}
