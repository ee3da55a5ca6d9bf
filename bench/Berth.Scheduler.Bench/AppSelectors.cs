using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Bench;

/// <summary>Every pod belongs with those of its app, as if each app were a Deployment with a Service.</summary>
internal sealed class AppSelectors : IWorkloadSelectors
{
    public Selector Of(Pod pod) => LabelSelectors.FromLabels(ApiMap.Of(("app", pod.Metadata.Labels["app"])));
}
