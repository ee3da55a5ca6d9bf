using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Admission;

/// <summary>Lets pods stay for five minutes on a node that does not answer, unless they say how long themselves.</summary>
public sealed class DefaultTolerationSecondsPlugin : KindPlugin<Pod>
{
    private const int Seconds = 300;

    public override string Name => "DefaultTolerationSeconds";

    protected override ValueTask<Pod> MutateAsync(AdmissionAttributes attributes, Pod value, Pod? old, CancellationToken cancellation)
    {
        var tolerations = value.Spec.Tolerations;
        foreach (var key in (ReadOnlySpan<string>)["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
        {
            if (!tolerations.Any(t => (t.Key == key || t.Key.Length == 0) && t.Effect is ("NoExecute" or "")))
                tolerations = tolerations.Add(new() { Key = key, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = Seconds });
        }

        return ValueTask.FromResult(ReferenceEquals(tolerations, value.Spec.Tolerations) ? value : value with { Spec = value.Spec with { Tolerations = tolerations } });
    }
}
