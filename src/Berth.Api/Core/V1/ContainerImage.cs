using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerImage
{
    [Field(1, Always = true)]
    public ApiList<string> Names { get; init; } = [];

    [Field(2)]
    public long SizeBytes { get; init; }
}
