using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Node.V1;

public sealed partial record Scheduling
{
    [Field(1), Atomic]
    public ApiMap<string> NodeSelector { get; init; } = [];

    [Field(2)]
    public ApiList<Toleration> Tolerations { get; init; } = [];
}
