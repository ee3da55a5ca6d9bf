using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Controllers.Tests;

/// <summary>Objects that tests begin with.</summary>
internal static class Given
{
    public static DateTimeOffset Now { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static PodTemplateSpec Template(string image = "web:1", params (string Key, string Value)[] labels) => new()
    {
        Metadata = new ObjectMeta { Labels = labels.Length == 0 ? ApiMap.Of(("app", "web")) : ApiMap.Of(labels) },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = image }] },
    };

    public static Pod Pod(string name, string phase = "Running", bool ready = true, string node = "node-1", int ageSeconds = 600) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "default",
            Uid = "uid-" + name,
            CreationTimestamp = Now.AddSeconds(-ageSeconds),
            Labels = ApiMap.Of(("app", "web")),
        },
        Spec = new PodSpec { NodeName = node, Containers = [new Container { Name = "main", Image = "web:1" }] },
        Status = new PodStatus
        {
            Phase = phase,
            Conditions = [new PodCondition { Type = "Ready", Status = ready ? "True" : "False", LastTransitionTime = Now.AddSeconds(-ageSeconds + 5) }],
        },
    };

    public static Pod OwnedBy(this Pod pod, IApiObject owner) =>
        pod with { Metadata = pod.Metadata with { OwnerReferences = [Berth.Controllers.Pods.ControllerRefs.Make(owner)] } };
}
