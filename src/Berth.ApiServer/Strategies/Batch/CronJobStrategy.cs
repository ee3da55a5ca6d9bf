using Berth.Api.Batch.V1;
using Berth.ApiServer.Strategies.Pods;

namespace Berth.ApiServer.Strategies.Batch;

public sealed class CronJobStrategy : SpecAndStatusStrategy<CronJob>
{
    public override CronJob Default(CronJob value)
    {
        var spec = value.Spec;
        var job = spec.JobTemplate.Spec;
        spec = spec with
        {
            ConcurrencyPolicy = spec.ConcurrencyPolicy.Length > 0 ? spec.ConcurrencyPolicy : "Allow",
            Suspend = spec.Suspend ?? false,
            SuccessfulJobsHistoryLimit = spec.SuccessfulJobsHistoryLimit ?? 3,
            FailedJobsHistoryLimit = spec.FailedJobsHistoryLimit ?? 1,
            JobTemplate = spec.JobTemplate with
            {
                Spec = job with { Template = PodDefaults.Of(job.Template), PodFailurePolicy = JobStrategy.Default(job.PodFailurePolicy) },
            },
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    protected override CronJob WithoutStatus(CronJob value) => value with { Status = CronJobStatus.Empty };

    protected override CronJob WithStatusOf(CronJob value, CronJob other) => value with { Status = other.Status };

    protected override CronJob WithSpecOf(CronJob value, CronJob other) => value with { Spec = other.Spec };

    protected override bool SameSpec(CronJob value, CronJob other) => value.Spec == other.Spec;
}
