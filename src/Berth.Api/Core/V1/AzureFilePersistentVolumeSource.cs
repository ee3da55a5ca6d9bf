using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record AzureFilePersistentVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string SecretName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string ShareName { get; init; } = "";

    [Field(3)]
    public bool ReadOnly { get; init; }

    [Field(4, Always = true)]
    public string? SecretNamespace { get; init; }
}
