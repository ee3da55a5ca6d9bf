using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record DownwardAPIVolumeFile
{
    [Field(1, Always = true, Required = true)]
    public string Path { get; init; } = "";

    [Field(2)]
    public ObjectFieldSelector? FieldRef { get; init; }

    [Field(3)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    [Field(4)]
    public int? Mode { get; init; }
}
