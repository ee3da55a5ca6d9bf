using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A file share of Azure. Served by the CSI driver file.csi.azure.com.</summary>
public sealed partial record AzureFileVolumeSource
{
    /// <summary>Secret with the name and key of the storage account.</summary>
    [Field(1, Always = true, Required = true)]
    public string SecretName { get; init; } = "";

    /// <summary>Name of the share.</summary>
    [Field(2, Always = true, Required = true)]
    public string ShareName { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }
}
