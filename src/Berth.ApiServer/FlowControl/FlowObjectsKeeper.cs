using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Bootstrap;
using Berth.ApiServer.Registry;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.FlowControl;

/// <summary>
/// Keeps the objects of flow control in order while the server runs: the mandatory ones are made again when somebody deletes
/// them, and each schema's status says whether its level is there. Looks every few seconds whether anything changed; a look
/// costs two memory reads.
/// </summary>
public sealed partial class FlowObjectsKeeper(IObjectReader objects, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(3);

    /// <summary>Runs until cancelled. A failed write is logged and tried again.</summary>
    public async Task RunAsync(BootstrapWriter writer, CancellationToken cancellation)
    {
        (long, long) seen = (-1, -1);
        while (true)
        {
            var versions = (objects.Version<FlowSchema>(), objects.Version<PriorityLevelConfiguration>());
            if (versions != seen)
            {
                try
                {
                    await KeepAsync(writer, cancellation).ConfigureAwait(false);
                    seen = versions;
                }
                catch (Http.ApiStatusException e)
                {
                    LogFailed(logger, e);
                }
            }

            await Task.Delay(s_pause, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(BootstrapWriter writer, CancellationToken cancellation)
    {
        var levels = objects.List<PriorityLevelConfiguration>().Select(l => l.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var level in DefaultFlows.MandatoryLevels.Where(l => !levels.Contains(l.Metadata.Name)))
            await writer.CreateAsync(level, cancellation).ConfigureAwait(false);
        var schemas = objects.List<FlowSchema>();
        foreach (var schema in DefaultFlows.MandatorySchemas.Where(m => schemas.All(s => s.Metadata.Name != m.Metadata.Name)))
            await writer.CreateAsync(schema, cancellation).ConfigureAwait(false);
        // Together, so that they share a commit of the store.
        await Task.WhenAll(schemas
            .Select(s => WithStatus(s, levels.Contains(s.Spec.PriorityLevelConfiguration.Name)))
            .OfType<FlowSchema>()
            .Select(s => writer.UpdateAsync(s, cancellation, "status"))).ConfigureAwait(false);
    }

    /// <summary>Null when the status says it already.</summary>
    private FlowSchema? WithStatus(FlowSchema schema, bool levelIsThere)
    {
        var level = schema.Spec.PriorityLevelConfiguration.Name;
        var condition = new FlowSchemaCondition
        {
            Type = "Dangling",
            Status = levelIsThere ? "False" : "True",
            Reason = levelIsThere ? "Found" : "NotFound",
            Message = levelIsThere
                ? $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" and it exists"
                : $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" but there is no such object",
        };
        var present = schema.Status.Conditions.FirstOrDefault(c => c.Type == condition.Type);
        condition = condition with { LastTransitionTime = present?.Status == condition.Status ? present.LastTransitionTime : time.GetUtcNow() };
        return condition == present
            ? null
            : schema with { Status = schema.Status with { Conditions = [.. schema.Status.Conditions.Where(c => c.Type != condition.Type), condition] } };
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "The objects of flow control could not be brought in order; tried again in a moment")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
