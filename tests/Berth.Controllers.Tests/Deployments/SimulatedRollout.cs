using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Deployments;

namespace Berth.Controllers.Tests.Deployments;

/// <summary>A Deployment, its ReplicaSets and their pods as counts; pods become available by chance, and the reconciler may see the past.</summary>
internal sealed class SimulatedRollout(Deployment deployment, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, ReplicaSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReplicaSet> _seen = new(StringComparer.Ordinal);
    private int _version;

    public Deployment Deployment { get; set; } = deployment;

    public DateTimeOffset Now { get; set; } = Given.Now;

    public IReadOnlyCollection<ReplicaSet> Sets => _sets.Values;

    public List<string> Events { get; } = [];

    public int Wanted => _sets.Values.Sum(DeploymentFacts.Replicas);

    public int Available => _sets.Values.Sum(s => Math.Min(DeploymentFacts.Replicas(s), s.Status.AvailableReplicas));

    /// <summary>
    /// One run of the reconciler. With <paramref name="stale"/>, each set is seen as it is or as it was last seen; the
    /// reconciler's own writes are always seen, as its controller waits for them.
    /// </summary>
    /// <returns>True when something was written.</returns>
    public bool Reconcile(bool stale = false)
    {
        foreach (var (name, set) in _sets)
        {
            if (!stale || !_seen.ContainsKey(name) || _random.Next(2) == 0)
                _seen[name] = set;
        }

        foreach (var name in _seen.Keys.Except(_sets.Keys).ToList())
            _seen.Remove(name);
        var busy = _sets.Values.Where(s => s.Status.Replicas > 0).Select(s => s.Metadata.Uid).ToHashSet();
        var plan = DeploymentReconciler.Plan(Deployment, _seen.Values, busy, Now);
        var written = false;
        foreach (var step in plan.Steps)
        {
            var name = step.Set.Metadata.Name;
            if (step.Action == DeploymentAction.Create)
            {
                Assert.DoesNotContain(name, _sets.Keys);
                _sets[name] = step.Set with { Metadata = step.Set.Metadata with { Uid = "uid-" + name, CreationTimestamp = Now, ResourceVersion = Next() } };
            }
            else if (_sets[name].Metadata.ResourceVersion != step.Set.Metadata.ResourceVersion)
            {
                return true; // Refused: the set has changed since it was seen.
            }
            else if (step.Action == DeploymentAction.Delete)
            {
                _sets.Remove(name);
            }
            else
            {
                _sets[name] = step.Set with { Metadata = step.Set.Metadata with { ResourceVersion = Next() } };
            }

            written = true;
            _seen.Remove(name);
            if (_sets.TryGetValue(name, out var now))
                _seen[name] = now;
            if (step.Message.Length > 0)
                Events.Add(step.Message);
        }

        written |= plan.Revision is not null || !plan.Status.Equals(Deployment.Status);
        var annotations = plan.Revision is { } revision ? Deployment.Metadata.Annotations.With(DeploymentFacts.Revision, revision) : Deployment.Metadata.Annotations;
        Deployment = Deployment with { Metadata = Deployment.Metadata with { Annotations = annotations }, Status = plan.Status };
        return written;
    }

    /// <summary>The ReplicaSet controller and the nodes get on: pods are made and removed, and some become available.</summary>
    /// <returns>True when something changed.</returns>
    public bool RunPods(double chance = 0.5)
    {
        var changed = false;
        foreach (var (name, set) in _sets.ToList())
        {
            var size = DeploymentFacts.Replicas(set);
            // Those that are not available go first.
            var available = Math.Min(set.Status.AvailableReplicas, size);
            for (var i = available; i < size; i++)
                available += _random.NextDouble() < chance ? 1 : 0;
            var status = set.Status with { Replicas = size, ReadyReplicas = available, AvailableReplicas = available, TerminatingReplicas = 0 };
            if (status.Equals(set.Status))
                continue;
            _sets[name] = set with { Status = status, Metadata = set.Metadata with { ResourceVersion = Next() } };
            changed = true;
        }

        return changed;
    }

    /// <summary>Runs until nothing changes any more.</summary>
    public void Settle()
    {
        for (var i = 0; i < 1000; i++)
        {
            if (!(Reconcile() | RunPods(1)))
                return;
            Now = Now.AddSeconds(1);
        }

        Assert.Fail($"did not settle: {Deployment.Status}; {string.Join("; ", _sets.Values.Select(s => $"{s.Metadata.Name} {s.Spec.Replicas} {s.Status}"))}");
    }

    public void Change(Func<DeploymentSpec, DeploymentSpec> change) =>
        Deployment = Deployment with { Spec = change(Deployment.Spec), Metadata = Deployment.Metadata with { Generation = Deployment.Metadata.Generation + 1 } };

    public static Deployment Start(int replicas, IntOrString? surge = null, IntOrString? unavailable = null, bool recreate = false) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "deployment", Generation = 1 },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = ApiMap.Of(("app", "web")) },
            Template = Given.Template(),
            RevisionHistoryLimit = 10,
            ProgressDeadlineSeconds = 600,
            Strategy = recreate
                ? new DeploymentStrategy { Type = "Recreate" }
                : new DeploymentStrategy { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeployment { MaxSurge = surge ?? "25%", MaxUnavailable = unavailable ?? "25%" } },
        },
    };

    private string Next() => (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
