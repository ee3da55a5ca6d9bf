using System.Globalization;
using System.Text;

namespace Berth.Client;

/// <summary>Query strings of the Kubernetes API, with their question mark; empty when nothing is asked.</summary>
internal static class Query
{
    public static string Of(GetOptions? options) =>
        new Builder().Add("resourceVersion", options?.ResourceVersion).ToString();

    public static string Of(WriteOptions? options, string manager) => new Builder()
        .Add("fieldManager", options?.FieldManager ?? manager)
        .Add("dryRun", options is { DryRun: true } ? "All" : null)
        .Add("force", options is { Force: true } ? "true" : null)
        .ToString();

    public static string Of(ListOptions? options, bool watch = false) => new Builder()
        .Add("watch", watch ? "true" : null)
        .Add("labelSelector", options?.LabelSelector)
        .Add("fieldSelector", options?.FieldSelector)
        .Add("resourceVersion", options?.ResourceVersion)
        .Add("resourceVersionMatch", options is { SendInitialEvents: true } ? "NotOlderThan" : options?.ResourceVersionMatch)
        .Add("limit", options?.Limit?.ToString(CultureInfo.InvariantCulture))
        .Add("continue", options?.Continue)
        .Add("allowWatchBookmarks", options is { AllowWatchBookmarks: true } ? "true" : null)
        .Add("sendInitialEvents", options is { SendInitialEvents: true } ? "true" : null)
        .Add("timeoutSeconds", options?.Timeout is { } timeout ? ((long)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null)
        .ToString();

    private sealed class Builder
    {
        private readonly StringBuilder _text = new();

        public Builder Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                _text.Append(_text.Length == 0 ? '?' : '&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
            return this;
        }

        public override string ToString() => _text.ToString();
    }
}
