using System.Globalization;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Jobs;

/// <summary>
/// One run over one Job, in three stages between which its controller acts: <see cref="Plan"/> says which pods to create or
/// delete, <see cref="Track"/> counts the pods that ended, <see cref="Settle"/> closes the books.
/// </summary>
/// <remarks>
/// No pod is counted twice and none is forgotten, whatever fails in between: a pod that ended keeps a finalizer; its uid is
/// first written to the status as uncounted, then the finalizer goes, and only when it is gone the uid becomes a number.
/// Indexed Jobs need no uids for successes: the set of indexes is the account.
/// </remarks>
public sealed class JobReconciler
{
    /// <summary>Pods created or deleted in one run.</summary>
    public const int BurstMax = 500;

    /// <summary>Uids in the status at a time: about 20 KB.</summary>
    private const int UncountedMax = 500;

    private readonly Job _job;
    private readonly IReadOnlyList<Pod> _pods;
    private readonly IReadOnlySet<string> _released;
    private readonly bool _seen;
    private readonly DateTimeOffset _now;
    private readonly List<Pod> _active;
    private readonly UncountedTerminatedPods _uncountedBefore;
    private readonly Dictionary<int, Pod> _lastFailed = [];
    private JobStatus _status;
    private JobStatus _written;
    private IndexSet _succeededIndexes = IndexSet.Empty;
    private IndexSet? _failedIndexes;
    private IndexSet _countedIndexes = IndexSet.Empty;
    private JobCondition? _end;
    private int _succeeded;
    private int _terminating;
    private bool _managed;
    private bool _more;

    /// <param name="pods">All of the Job's, ended ones too.</param>
    /// <param name="released">Uids of pods whose finalizer is gone though the cache still shows it.</param>
    /// <param name="backoff">As it was after the last run.</param>
    /// <param name="seen">All that earlier runs did is in <paramref name="pods"/>.</param>
    public JobReconciler(Job job, IReadOnlyList<Pod> pods, IReadOnlySet<string> released, JobBackoff backoff, bool seen, DateTimeOffset now)
    {
        _job = job;
        _pods = pods;
        _released = released;
        _seen = seen;
        _now = now;
        _active = [.. pods.Where(PodFacts.IsActive)];
        _uncountedBefore = job.Status.UncountedTerminatedPods ?? UncountedTerminatedPods.Empty;
        _written = job.Status;
        _status = job.Status with { UncountedTerminatedPods = _uncountedBefore };
        NewlySucceeded = [.. Uncounted(_uncountedBefore.Succeeded).Where(static p => p.Status.Phase == "Succeeded")];
        NewlyFailed = [.. Uncounted(_uncountedBefore.Failed).Where(p => JobPods.IsFailed(job, p))];
        Backoff = backoff.After(NewlySucceeded, NewlyFailed);
    }

    /// <summary>To be kept once the status is written.</summary>
    public JobBackoff Backoff { get; }

    private IReadOnlyList<Pod> NewlySucceeded { get; }

    private IReadOnlyList<Pod> NewlyFailed { get; }

    private int Completions => _job.Spec.Completions ?? 0;

    private bool IsIndexed => JobPods.IsIndexed(_job);

    public JobPlan Plan()
    {
        _terminating = _pods.Count(PodFacts.IsTerminating);
        _succeeded = _job.Status.Succeeded + NewlySucceeded.Count + _uncountedBefore.Succeeded.Count;
        if (_status.StartTime is null && !JobPods.IsSuspended(_job))
            _status = _status with { StartTime = _now };

        TimeSpan? check = null;
        _end = KnownEnd() ?? LimitReached(ref check);
        if (IsIndexed)
            CountIndexes();
        if (_end is not null)
            return new(_active, [], Expected: false, check);
        if (!_seen || _job.Metadata.DeletionTimestamp is not null)
            return new([], [], false, check);
        _managed = true;
        return Manage(check);
    }

    public JobTracking Track(JobOutcome outcome)
    {
        var active = _active.Count - outcome.Deleted.Count + outcome.Created;
        var ready = _active.Count(PodFacts.IsReady) - outcome.Deleted.Count(PodFacts.IsReady);
        _terminating += outcome.Deleted.Count;
        var events = new List<JobEvent>();
        if (_end is not null && (outcome.Deleted.Count != _active.Count || !_seen))
            _end = null; // Pods that are not yet gone, or not yet seen, would be missing in the count.
        else if (_end is null)
            NoteCompletionOrSuspension(active, events);

        _status = _status with { Active = active, Ready = ready, Terminating = _terminating };
        var withFinalizer = WithFinalizer();
        CloseUncounted(withFinalizer);
        var release = CountEnded();
        if (IsIndexed)
        {
            _status = _status with
            {
                Succeeded = _countedIndexes.Count,
                CompletedIndexes = _countedIndexes.ToString(),
                FailedIndexes = _failedIndexes?.ToString(),
            };
        }

        AnnounceEnd();
        if (_status.Equals(_written))
            return new(null, release, events);
        _written = _status;
        return new(_status, release, events);
    }

    /// <param name="releasedNow">Uids of the pods whose finalizers are gone since <see cref="Track"/>.</param>
    public JobSettlement Settle(IReadOnlySet<string> releasedNow)
    {
        var withFinalizer = WithFinalizer();
        withFinalizer.ExceptWith(releasedNow);
        CloseUncounted(withFinalizer);
        var events = Finish();
        return new(_status.Equals(_written) ? null : _status, events);
    }

    private JobCondition? KnownEnd()
    {
        if (JobConditions.True(_job.Status.Conditions, JobConditions.SuccessCriteriaMet) is { } met)
            return met;
        if (JobConditions.True(_job.Status.Conditions, JobConditions.FailureTarget) is { } target)
            return JobConditions.Make(JobConditions.Failed, target.Reason, target.Message, _now);
        foreach (var pod in _pods.Where(p => _job.Spec.PodFailurePolicy is not null && JobPods.IsFailed(_job, p)))
        {
            if (PodFailureRules.Match(_job.Spec.PodFailurePolicy, pod).JobFailure is { Length: > 0 } message)
                return Failure("PodFailurePolicy", message);
        }

        return null;
    }

    private JobCondition? LimitReached(ref TimeSpan? check)
    {
        var limit = _job.Spec.BackoffLimit ?? (_job.Spec.BackoffLimitPerIndex is null ? 6 : int.MaxValue);
        var failed = _job.Status.Failed + _uncountedBefore.Failed.Count + NewlyFailed.Count(p => PodFailureRules.Match(_job.Spec.PodFailurePolicy, p).Counts);
        if (failed > limit || RestartedTooOften(limit))
            return Failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        if (_job.Spec.ActiveDeadlineSeconds is not { } deadline || JobPods.IsSuspended(_job) || _status.StartTime is not { } start)
            return null;
        var left = start.Value.AddSeconds(deadline) - _now;
        if (left <= TimeSpan.Zero)
            return Failure("DeadlineExceeded", "Job was active longer than specified deadline");
        check = left;
        return null;
    }

    private bool RestartedTooOften(int limit)
    {
        if (_job.Spec.Template.Spec.RestartPolicy != "OnFailure")
            return false;
        var restarts = _pods
            .Where(static p => p.Status.Phase is "Running" or "Pending")
            .Sum(static p => p.Status.ContainerStatuses.Concat(p.Status.InitContainerStatuses).Sum(static s => s.RestartCount));
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }

    private void CountIndexes()
    {
        _countedIndexes = IndexSet.Parse(_job.Status.CompletedIndexes, Completions);
        var ended = _pods.Where(p => JobPods.HasFinalizer(p) && JobPods.ValidIndex(_job, p) >= 0).ToList();
        _succeededIndexes = _countedIndexes.With(ended.Where(static p => p.Status.Phase == "Succeeded").Select(p => JobPods.ValidIndex(_job, p)));
        _succeeded = _succeededIndexes.Count;
        if (_job.Spec.BackoffLimitPerIndex is { } limit)
        {
            _failedIndexes = IndexSet.Parse(_job.Status.FailedIndexes ?? "", Completions)
                .With(ended.Where(p => FailsIndex(p, limit)).Select(p => JobPods.ValidIndex(_job, p)));
            if (_end is null && _job.Spec.MaxFailedIndexes is { } most && _failedIndexes.Count > most)
                _end = Failure("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
            else if (_end is null && _failedIndexes.Count > 0 && _failedIndexes.Count + _succeeded >= Completions)
                _end = Failure("FailedIndexes", "Job has failed indexes");
            KeepLastFailures();
        }

        if (_end is null && SuccessRule() is { } rule)
            _end = JobConditions.Make(JobConditions.SuccessCriteriaMet, "SuccessPolicy", string.Create(CultureInfo.InvariantCulture, $"Matched rules at index {rule}"), _now);
    }

    private bool FailsIndex(Pod pod, int limit)
    {
        if (!JobPods.IsFailed(_job, pod))
            return false;
        var verdict = PodFailureRules.Match(_job.Spec.PodFailurePolicy, pod);
        return verdict.Action == "FailIndex" || (verdict.Counts && JobPods.Failures(pod) >= limit);
    }

    // The last failed pod of an index carries the count of failures: it stays until its successor carries it on.
    private void KeepLastFailures()
    {
        var active = _active.Select(p => JobPods.ValidIndex(_job, p)).ToHashSet();
        foreach (var pod in Uncounted([]).Where(p => JobPods.IsFailed(_job, p)))
        {
            var index = JobPods.ValidIndex(_job, pod);
            if (_succeededIndexes.Contains(index) || _failedIndexes!.Contains(index) || active.Contains(index))
                continue;
            if (!_lastFailed.TryGetValue(index, out var known) || Rank(pod).CompareTo(Rank(known)) >= 0)
                _lastFailed[index] = pod;
        }

        static (int, DateTimeOffset) Rank(Pod pod) => (JobPods.Failures(pod) + JobPods.IgnoredFailures(pod), JobPods.FinishedAt(pod));
    }

    private int? SuccessRule()
    {
        if (_job.Spec.SuccessPolicy is not { } policy || _succeededIndexes.Count == 0)
            return null;
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            var rule = policy.Rules[i];
            if (rule.SucceededIndexes is { } text)
            {
                var required = IndexSet.Parse(text, Completions);
                var have = required.CountIn(_succeededIndexes);
                if (required.Count > 0 && (have == required.Count || (rule.SucceededCount is { } enough && have >= enough)))
                    return i;
            }
            else if (rule.SucceededCount is { } count && _succeededIndexes.Count >= count)
            {
                return i;
            }
        }

        return null;
    }

    private JobPlan Manage(TimeSpan? check)
    {
        if (JobPods.IsSuspended(_job))
            return new(ForRemoval(_active.Count), [], Expected: true, check);
        var parallelism = _job.Spec.Parallelism ?? 1;
        var wanted = _job.Spec.Completions is { } completions
            ? Math.Clamp(completions - _succeeded, 0, parallelism)
            : _succeeded > 0 ? _active.Count : parallelism;
        var remove = ForRemoval(Math.Max(0, _active.Count - wanted));
        if (remove.Count > 0)
            return new([.. remove.Take(BurstMax)], [], Expected: true, check);
        var missing = wanted - _active.Count - (JobPods.ReplacesOnlyFailed(_job) ? _terminating : 0);
        return missing <= 0 ? new([], [], false, check) : Create(Math.Min(missing, BurstMax), check);
    }

    private JobPlan Create(int count, TimeSpan? check)
    {
        var wait = _job.Spec.BackoffLimitPerIndex is null ? Backoff.Remaining(_now) : TimeSpan.Zero;
        IReadOnlyList<int> indexes = [];
        if (wait == TimeSpan.Zero && IsIndexed)
        {
            indexes = NextIndexes(count);
            if (_job.Spec.BackoffLimitPerIndex is not null)
            {
                var waits = indexes.Select(i => (Index: i, Wait: JobBackoff.Remaining(_lastFailed.GetValueOrDefault(i), _now))).ToList();
                indexes = [.. waits.Where(static w => w.Wait == TimeSpan.Zero).Select(static w => w.Index)];
                var later = waits.Where(static w => w.Wait > TimeSpan.Zero).Select(static w => w.Wait).DefaultIfEmpty(TimeSpan.Zero).Min();
                if (later > TimeSpan.Zero)
                    check = check is { } earlier && earlier < later ? earlier : later;
            }
        }

        if (wait > TimeSpan.Zero)
            return new([], [], false, check is { } sooner && sooner < wait ? sooner : wait);
        var pods = IsIndexed
            ? indexes.Select(i => JobPods.Make(_job, i, _lastFailed.GetValueOrDefault(i)))
            : Enumerable.Repeat(JobPods.Make(_job, null, null), count);
        return new([], [.. pods], false, check);
    }

    private IReadOnlyList<int> NextIndexes(int count)
    {
        var taken = _succeededIndexes.With(_active.Select(p => JobPods.ValidIndex(_job, p)).Where(static i => i >= 0));
        if (JobPods.ReplacesOnlyFailed(_job))
            taken = taken.With(_pods.Where(PodFacts.IsTerminating).Select(p => JobPods.ValidIndex(_job, p)).Where(static i => i >= 0));
        if (_failedIndexes is not null)
            taken = taken.With(_failedIndexes);
        return taken.FirstMissing(count, Completions);
    }

    // Pods without a place (no index, or one that another pod has) go in any case.
    private List<Pod> ForRemoval(int atLeast)
    {
        var remove = new List<Pod>();
        var keep = new List<Pod>();
        var indexes = new HashSet<int>();
        foreach (var pod in PodDeletionOrder.Sort(_active, [], _now).Reverse())
        {
            var misplaced = IsIndexed && (JobPods.ValidIndex(_job, pod) < 0 || !indexes.Add(JobPods.ValidIndex(_job, pod)));
            (misplaced ? remove : keep).Add(pod);
        }

        keep.Reverse();
        remove.AddRange(keep.Take(Math.Max(0, atLeast - remove.Count)));
        return remove;
    }

    private void NoteCompletionOrSuspension(int active, List<JobEvent> events)
    {
        var complete = active == 0 && (_job.Spec.Completions is { } completions ? _succeeded >= completions : _succeeded > 0);
        if (complete)
        {
            _end = JobConditions.Make(JobConditions.SuccessCriteriaMet, "CompletionsReached", "Reached expected number of succeeded pods", _now);
            return;
        }

        if (!_managed)
            return;
        var suspended = JobPods.IsSuspended(_job);
        var condition = suspended
            ? JobConditions.Make(JobConditions.Suspended, "JobSuspended", "Job suspended", _now)
            : JobConditions.Make(JobConditions.Suspended, "JobResumed", "Job resumed", _now) with { Status = "False" };
        var conditions = JobConditions.With(_status.Conditions, condition);
        if (ReferenceEquals(conditions, _status.Conditions))
            return;
        // The deadline counts the time that a Job runs in one go.
        _status = _status with { Conditions = conditions, StartTime = suspended ? null : _now };
        events.Add(suspended ? new("Normal", "Suspended", "Job suspended") : new("Normal", "Resumed", "Job resumed"));
    }

    // Uids whose pods have lost their finalizers become numbers.
    private void CloseUncounted(HashSet<string> withFinalizer)
    {
        var uncounted = _status.UncountedTerminatedPods!;
        var succeeded = uncounted.Succeeded.Where(withFinalizer.Contains).ToApiList();
        var failed = uncounted.Failed.Where(withFinalizer.Contains).ToApiList();
        if (succeeded.Count == uncounted.Succeeded.Count && failed.Count == uncounted.Failed.Count)
            return;
        _status = _status with
        {
            Succeeded = _status.Succeeded + uncounted.Succeeded.Count - succeeded.Count,
            Failed = _status.Failed + uncounted.Failed.Count - failed.Count,
            UncountedTerminatedPods = new UncountedTerminatedPods { Succeeded = succeeded, Failed = failed },
        };
    }

    private List<Pod> CountEnded()
    {
        var release = new List<Pod>();
        var succeeded = _status.UncountedTerminatedPods!.Succeeded.ToList();
        var failed = _status.UncountedTerminatedPods.Failed.ToList();
        var knownSucceeded = _uncountedBefore.Succeeded.ToHashSet(StringComparer.Ordinal);
        var knownFailed = _uncountedBefore.Failed.ToHashSet(StringComparer.Ordinal);
        var indexes = new List<int>();
        foreach (var pod in IsIndexed ? _pods.OrderBy(p => JobPods.ValidIndex(_job, p)) : (IEnumerable<Pod>)_pods)
        {
            var uid = pod.Metadata.Uid;
            if (!JobPods.HasFinalizer(pod) || _released.Contains(uid) || !MayRelease(pod))
                continue;
            release.Add(pod);
            var index = JobPods.ValidIndex(_job, pod);
            if (pod.Status.Phase == "Succeeded" && !knownFailed.Contains(uid))
            {
                if (IsIndexed && index >= 0 && !_countedIndexes.Contains(index))
                    indexes.Add(index);
                else if (!IsIndexed && !knownSucceeded.Contains(uid))
                    succeeded.Add(uid);
            }
            else if ((JobPods.IsFailed(_job, pod) || FailsAll) && !knownFailed.Contains(uid) && (!IsIndexed || index >= 0)
                && PodFailureRules.Match(_job.Spec.PodFailurePolicy, pod).Counts)
            {
                failed.Add(uid);
            }

            // The rest is counted in the runs that these changes bring about.
            _more = indexes.Count + succeeded.Count + failed.Count >= UncountedMax;
            if (_more)
                break;
        }

        _countedIndexes = _countedIndexes.With(indexes);
        _status = _status with { UncountedTerminatedPods = new UncountedTerminatedPods { Succeeded = succeeded.ToApiList(), Failed = failed.ToApiList() } };
        return release;
    }

    // A Job that failed takes its running pods down with it.
    private bool FailsAll => _end is not null && _end.Type != JobConditions.SuccessCriteriaMet;

    private bool MayRelease(Pod pod)
    {
        if (_job.Metadata.DeletionTimestamp is not null || _end is not null || pod.Status.Phase == "Succeeded")
            return true;
        return JobPods.IsFailed(_job, pod) && !_lastFailed.Values.Any(p => p.Metadata.Uid == pod.Metadata.Uid);
    }

    private void AnnounceEnd()
    {
        if (_end is null)
            return;
        if (_end.Type is JobConditions.FailureTarget or JobConditions.SuccessCriteriaMet)
        {
            var final = _end.Type == JobConditions.FailureTarget ? JobConditions.Failed : JobConditions.Complete;
            if (JobConditions.True(_status.Conditions, _end.Type) is null)
                _status = _status with { Conditions = _status.Conditions.Add(_end) };
            _end = JobConditions.Make(final, _end.Reason, _end.Message, _now);
        }
    }

    private IReadOnlyList<JobEvent> Finish()
    {
        var uncounted = _status.UncountedTerminatedPods!;
        if (_more || _end is not { } end || uncounted.Succeeded.Count + uncounted.Failed.Count > 0 || _terminating > 0)
            return [];
        _status = _status with
        {
            Conditions = JobConditions.With(_status.Conditions, end),
            CompletionTime = end.Type == JobConditions.Complete ? end.LastTransitionTime : _status.CompletionTime,
        };
        if (end.Type != JobConditions.Complete)
            return [new("Warning", end.Reason, end.Message)];
        var done = new JobEvent("Normal", "Completed", "Job completed");
        return _job.Spec.Completions is { } wanted && _status.Succeeded > wanted
            ? [new("Warning", "TooManySucceededPods", "Too many succeeded pods running after completion count reached"), done]
            : [done];
    }

    private JobCondition Failure(string reason, string message) => JobConditions.Make(JobConditions.FailureTarget, reason, message, _now);

    private HashSet<string> WithFinalizer() =>
        _pods.Where(p => JobPods.HasFinalizer(p) && !_released.Contains(p.Metadata.Uid)).Select(static p => p.Metadata.Uid).ToHashSet(StringComparer.Ordinal);

    // Pods that end up in this run's account: they have their finalizer and are not yet in the status.
    private IEnumerable<Pod> Uncounted(ApiList<string> known) => _pods.Where(p =>
        JobPods.HasFinalizer(p)
        && !known.Contains(p.Metadata.Uid)
        && !_released.Contains(p.Metadata.Uid)
        && (!IsIndexed || JobPods.ValidIndex(_job, p) >= 0));
}
