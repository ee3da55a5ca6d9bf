using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record FlexPersistentVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    [Field(2)]
    public string FsType { get; init; } = "";

    [Field(3)]
    public SecretReference? SecretRef { get; init; }

    [Field(4)]
    public bool ReadOnly { get; init; }

    [Field(5)]
    public ApiMap<string> Options { get; init; } = [];
}
