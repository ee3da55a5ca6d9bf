using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A data set of Flocker. No longer supported.</summary>
public sealed partial record FlockerVolumeSource
{
    /// <summary>Name of the data set.</summary>
    [Field(1)]
    public string DatasetName { get; init; } = "";

    /// <summary>Id of the data set.</summary>
    [Field(2)]
    public string DatasetUUID { get; init; } = "";
}
