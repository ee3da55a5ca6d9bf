using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Scheduler.Bench;

/// <summary>Nodes in five zones and a hundred racks; pods of apps of fifty, in turn plain, spread, shunning and gathering.</summary>
internal sealed class PlacementLoad(int nodes, int pods, int seed)
{
    private const int PodsAnApp = 50;

    public IEnumerable<Node> Nodes()
    {
        for (var i = 0; i < nodes; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"node-{i:D5}");
            yield return new Node
            {
                Metadata = new()
                {
                    Name = name,
                    Labels = ApiMap.Of(
                        ("kubernetes.io/hostname", name),
                        ("topology.kubernetes.io/zone", $"zone-{i % 5}"),
                        ("rack", $"rack-{i % 100}")),
                },
                Status = new() { Allocatable = Amounts(("cpu", "16"), ("memory", "64Gi"), ("pods", "110")) },
            };
        }
    }

    /// <summary>Apps come interleaved, as many rollouts at once.</summary>
    public IEnumerable<Pod> Pods()
    {
        var random = new Random(seed);
        var apps = Math.Max(1, pods / PodsAnApp);
        for (var i = 0; i < pods; i++)
        {
            var app = i % apps;
            var name = string.Create(CultureInfo.InvariantCulture, $"pod-{i:D6}");
            var own = new LabelSelector { MatchLabels = ApiMap.Of(("app", $"app-{app}")) };
            yield return new Pod
            {
                Metadata = new() { Name = name, Namespace = $"ns-{app % 20}", Uid = name, Labels = ApiMap.Of(("app", $"app-{app}")) },
                Spec = new()
                {
                    SchedulerName = "default-scheduler",
                    Containers =
                    [
                        new()
                        {
                            Name = "main",
                            Image = $"registry.example/app-{app}:1",
                            Resources = new() { Requests = Amounts(("cpu", $"{random.Next(1, 10) * 100}m"), ("memory", $"{random.Next(1, 16) * 128}Mi")) },
                        },
                    ],
                    TopologySpreadConstraints = app % 3 != 1 ? [] :
                    [
                        new() { MaxSkew = 1, TopologyKey = "topology.kubernetes.io/zone", WhenUnsatisfiable = "DoNotSchedule", LabelSelector = own },
                        new() { MaxSkew = 1, TopologyKey = "kubernetes.io/hostname", WhenUnsatisfiable = "ScheduleAnyway", LabelSelector = own },
                    ],
                    Affinity = (app % 6) switch
                    {
                        2 => new()
                        {
                            PodAntiAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [new() { TopologyKey = "kubernetes.io/hostname", LabelSelector = own }] },
                        },
                        5 => new()
                        {
                            PodAffinity = new()
                            {
                                PreferredDuringSchedulingIgnoredDuringExecution = [new() { Weight = 50, PodAffinityTerm = new() { TopologyKey = "rack", LabelSelector = own } }],
                            },
                        },
                        _ => null,
                    },
                },
            };
        }
    }

    private static ApiMap<Quantity> Amounts(params (string Name, string Amount)[] amounts) =>
        amounts.Select(a => KeyValuePair.Create(a.Name, Quantity.Parse(a.Amount))).ToApiMap();
}
