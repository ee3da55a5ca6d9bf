using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record VolumeMount
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public bool ReadOnly { get; init; }

    [Field(3, Always = true, Required = true)]
    public string MountPath { get; init; } = "";

    [Field(4)]
    public string SubPath { get; init; } = "";

    [Field(5)]
    public string? MountPropagation { get; init; }

    [Field(6)]
    public string SubPathExpr { get; init; } = "";

    [Field(7)]
    public string? RecursiveReadOnly { get; init; }
}
