using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Scheduler.Tests;

/// <summary>Nodes and pods for tests.</summary>
internal static class Given
{
    public static Node Node(string name, string cpu = "4", string memory = "8Gi", string pods = "110", params (string Key, string Value)[] labels) => new()
    {
        Metadata = new() { Name = name, Labels = ApiMap.Of([("kubernetes.io/hostname", name), .. labels]) },
        Status = new() { Allocatable = Amounts(("cpu", cpu), ("memory", memory), ("pods", pods)) },
    };

    public static Pod Pod(string name, string cpu = "100m", string memory = "64Mi", int? priority = null) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = "uid-" + name },
        Spec = new()
        {
            SchedulerName = "default-scheduler",
            Priority = priority,
            Containers = [new() { Name = "main", Image = "busybox", Resources = new() { Requests = Amounts(("cpu", cpu), ("memory", memory)) } }],
        },
    };

    public static ApiMap<Quantity> Amounts(params (string Name, string Amount)[] amounts) =>
        amounts.Select(a => KeyValuePair.Create(a.Name, Quantity.Parse(a.Amount))).ToApiMap();
}
