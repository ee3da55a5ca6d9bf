using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record Lifecycle
{
    [Field(1)]
    public LifecycleHandler? PostStart { get; init; }

    [Field(2)]
    public LifecycleHandler? PreStop { get; init; }

    [Field(3)]
    public string? StopSignal { get; init; }
}
