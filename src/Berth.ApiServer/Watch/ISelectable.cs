using Berth.Api;
using Berth.Api.Schema;

namespace Berth.ApiServer.Watch;

/// <summary>A kind whose objects can be chosen by fields.</summary>
public interface ISelectable
{
    KindInfo Kind { get; }

    bool IsSelectable(string path);

    /// <summary>Value of a selectable field of a stored object; null when the kind has no such field.</summary>
    string? FieldOf(IApiObject value, string path);
}
