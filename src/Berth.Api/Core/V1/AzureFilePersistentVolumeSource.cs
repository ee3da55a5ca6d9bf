using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A file share of Azure. Served by the CSI driver file.csi.azure.com.</summary>
public sealed partial record AzureFilePersistentVolumeSource
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

    /// <summary>Namespace of the Secret; absent: that of the claim.</summary>
    [Field(4, Always = true)]
    public string? SecretNamespace { get; init; }
}
