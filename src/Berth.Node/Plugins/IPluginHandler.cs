namespace Berth.Node.Plugins;

/// <summary>Takes in plugins of one type. Called by the registry's loop, one call at a time.</summary>
public interface IPluginHandler
{
    /// <summary>As plugins name it: <c>CSIPlugin</c>, <c>DRAPlugin</c>.</summary>
    string Type { get; }

    /// <param name="endpoint">Path of the plugin's own socket.</param>
    /// <exception cref="PluginException">It cannot be used; the plugin is told why, and tried again when its socket changes.</exception>
    Task RegisterAsync(string name, string endpoint, IReadOnlyList<string> versions, CancellationToken ct);

    Task DeregisterAsync(string name, CancellationToken ct);
}
