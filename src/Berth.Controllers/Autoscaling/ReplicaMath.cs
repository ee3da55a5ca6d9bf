using Berth.Api.Core.V1;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// How many replicas a metric asks for. Pods without readings are taken to use what argues against the change that the
/// others argue for, so that what is not known never makes a change larger, and a change that would then turn round is none.
/// </summary>
/// <param name="Current">Replicas that the target's spec asks for.</param>
/// <param name="Existing">Replicas that the target's status counts.</param>
/// <param name="Pods">Pods that the target's selector chooses.</param>
public sealed record ReplicaMath(int Current, int Existing, IReadOnlyList<Pod> Pods, Tolerances Tolerances, DateTimeOffset Now)
{
    private const string NoPods = "no pods returned by selector while calculating replica count";
    private const string NoReadings = "did not receive metrics for targeted pods (pods might be unready)";

    /// <summary>For a target that is a percentage of what the pods request.</summary>
    /// <exception cref="MetricException">Nothing can be said.</exception>
    public (int Replicas, int Utilization, long AverageMilli) ForUtilization(IReadOnlyDictionary<string, PodReading> readings, int target, string resource, string container)
    {
        var (groups, values) = Sorted(readings, resource);
        var requests = Pods.ToDictionary(p => p.Metadata.Name, p => PodRequests.Milli(p, resource, container), StringComparer.Ordinal);
        var (ratio, utilization, average) = Ratio();
        // On the way down, a pod that is not heard of uses all of its request, or all of a target above that.
        var replicas = Decide(groups, values, ratio, pod => requests[pod] * Math.Max(100, target) / 100, () => Ratio().Ratio);
        return (replicas, utilization, average);

        (double Ratio, int Utilization, long Average) Ratio()
        {
            long used = 0, asked = 0;
            var count = 0;
            foreach (var (pod, value) in values)
            {
                if (!requests.TryGetValue(pod, out var request))
                    continue;
                used += value;
                asked += request;
                count++;
            }

            if (asked == 0)
                throw new MetricException("no metrics returned matched known pods");
            var percent = (int)(used * 100 / asked);
            return ((double)percent / target, percent, used / count);
        }
    }

    /// <summary>For a target that is an amount for each pod.</summary>
    /// <param name="resource">Empty for metrics that are no resource.</param>
    /// <exception cref="MetricException">Nothing can be said.</exception>
    public (int Replicas, long AverageMilli) ForAverage(IReadOnlyDictionary<string, PodReading> readings, long targetMilli, string resource)
    {
        var (groups, values) = Sorted(readings, resource);
        var average = Average();
        var replicas = Decide(groups, values, (double)average / targetMilli, _ => targetMilli, () => (double)Average() / targetMilli);
        return (replicas, average);

        long Average() => values.Values.Sum() / values.Count;
    }

    /// <summary>For one number that the replicas share, and that should be at the target however many there are.</summary>
    /// <exception cref="MetricException">There are no pods.</exception>
    public int ForValue(long valueMilli, long targetMilli)
    {
        var ratio = (double)valueMilli / targetMilli;
        if (Current == 0)
            return Whole(ratio);
        if (Tolerances.Contain(ratio))
            return Current;
        if (Pods.Count == 0)
            throw new MetricException($"unable to calculate ready pods: {NoPods}");
        return Whole(ratio * Pods.Count(static p => p.Status.Phase == "Running" && Controllers.Pods.PodFacts.IsReady(p)));
    }

    /// <summary>For one number that is divided among the replicas; the second value is each one's part.</summary>
    public (int Replicas, long AverageMilli) ForShare(long valueMilli, long targetMilli)
    {
        var ratio = valueMilli / ((double)targetMilli * Existing);
        var replicas = Tolerances.Contain(ratio) ? Existing : Whole((double)valueMilli / targetMilli);
        var share = Math.Ceiling((double)valueMilli / Existing);
        return (replicas, share >= long.MaxValue ? long.MaxValue : (long)share);
    }

    private (PodGroups Groups, Dictionary<string, long> Values) Sorted(IReadOnlyDictionary<string, PodReading> readings, string resource)
    {
        if (Pods.Count == 0)
            throw new MetricException(NoPods);
        var groups = PodGroups.Of(Pods, readings, resource == "cpu", Now);
        var values = readings.Where(r => !groups.Ignored.Contains(r.Key) && !groups.Unready.Contains(r.Key)).ToDictionary(r => r.Key, r => r.Value.Milli, StringComparer.Ordinal);
        return values.Count > 0 ? (groups, values) : throw new MetricException(NoReadings);
    }

    /// <param name="values">Gets an entry for each pod whose use is assumed.</param>
    private int Decide(PodGroups groups, Dictionary<string, long> values, double ratio, Func<string, long> full, Func<double> again)
    {
        var waits = groups.Unready.Count > 0 && ratio > 1;
        if (!waits && groups.Missing.Count == 0)
            return Tolerances.Contain(ratio) ? Current : Whole(ratio * groups.Ready);
        foreach (var pod in groups.Missing)
        {
            if (ratio < 1)
                values[pod] = full(pod);
            else if (ratio > 1)
                values[pod] = 0;
        }

        if (waits)
        {
            foreach (var pod in groups.Unready)
                values[pod] = 0;
        }

        var careful = again();
        if (Tolerances.Contain(careful) || (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1))
            return Current;
        var replicas = Whole(careful * values.Count);
        return (careful < 1 && replicas > Current) || (careful > 1 && replicas < Current) ? Current : replicas;
    }

    private static int Whole(double replicas) => double.IsNaN(replicas) ? 0 : (int)Math.Min(int.MaxValue, Math.Ceiling(replicas));
}
