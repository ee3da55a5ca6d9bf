namespace Berth.Node.Plugins;

/// <summary>A plugin that cannot be used as it is; the message goes back to it.</summary>
public sealed class PluginException(string message, Exception? inner = null) : Exception(message, inner);
