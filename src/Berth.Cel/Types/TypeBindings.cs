namespace Berth.Cel.Types;

/// <summary>What the type parameters of signatures stand for so far. One for each check of an expression.</summary>
internal sealed class TypeBindings
{
    private readonly Dictionary<string, CelType> _bound = new(StringComparer.Ordinal);

    // What each change replaced, so that a signature that does not fit after all leaves nothing behind.
    private readonly List<(string Name, CelType? Before)> _trail = [];
    private int _fresh;

    /// <summary>A point to come back to.</summary>
    public int Mark() => _trail.Count;

    /// <summary>Forgets what was settled since then.</summary>
    public void Return(int mark)
    {
        for (var i = _trail.Count - 1; i >= mark; i--)
        {
            var (name, before) = _trail[i];
            if (before is null)
                _bound.Remove(name);
            else
                _bound[name] = before;
        }

        _trail.RemoveRange(mark, _trail.Count - mark);
    }

    public CelType Fresh() => CelType.Parameter($"_var{_fresh++}");

    /// <summary>A signature's type with parameters of its own, so that two uses of a function do not mix.</summary>
    public CelType Instantiate(CelType type, Dictionary<string, CelType> fresh)
    {
        if (type.Kind == CelKind.Parameter)
        {
            if (!fresh.TryGetValue(type.Name, out var own))
                fresh[type.Name] = own = Fresh();
            return own;
        }

        return type.Parameters.Count == 0 ? type : type.With([.. type.Parameters.Select(p => Instantiate(p, fresh))]);
    }

    /// <param name="final">What is still open becomes dyn.</param>
    public CelType Substitute(CelType type, bool final = false)
    {
        if (type.Kind == CelKind.Parameter)
            return _bound.TryGetValue(type.Name, out var bound) ? Substitute(bound, final) : final ? CelType.Dyn : type;
        return type.Parameters.Count == 0 ? type : type.With([.. type.Parameters.Select(p => Substitute(p, final))]);
    }

    /// <summary>May a value of <paramref name="from"/> stand where <paramref name="to"/> is asked for? Settles parameters on the way.</summary>
    public bool IsAssignable(CelType to, CelType from)
    {
        (to, from) = (Resolve(to), Resolve(from));
        if (to.Kind == CelKind.Parameter || from.Kind == CelKind.Parameter)
            return Bind(to, from);
        if (to.IsDyn || from.IsDyn)
            return true;
        if (from.Kind == CelKind.Null)
            return to.Kind is CelKind.Null or CelKind.Object or CelKind.Opaque or CelKind.Timestamp or CelKind.Duration;
        if (to.Kind == CelKind.Null)
            return from.Kind is CelKind.Object or CelKind.Opaque or CelKind.Timestamp or CelKind.Duration;
        if (to.Kind != from.Kind)
            return false;
        if (to.Kind is CelKind.Object or CelKind.Opaque && to.Name != from.Name)
            return false;
        if (to.Kind == CelKind.Type)
            return true;
        if (to.Parameters.Count != from.Parameters.Count)
            return false;
        for (var i = 0; i < to.Parameters.Count; i++)
        {
            if (!IsAssignable(to.Parameters[i], from.Parameters[i]))
                return false;
        }

        return true;
    }

    // Follows parameters that stand for other parameters, but keeps the last so that it can be bound to something wider.
    private CelType Resolve(CelType type)
    {
        while (type.Kind == CelKind.Parameter && _bound.TryGetValue(type.Name, out var bound) && bound.Kind == CelKind.Parameter)
            type = bound;
        return type;
    }

    private bool Bind(CelType to, CelType from)
    {
        if (to.Kind == CelKind.Parameter && from.Kind == CelKind.Parameter && to.Name == from.Name)
            return true;
        var (parameter, other) = to.Kind == CelKind.Parameter ? (to, from) : (from, to);
        if (_bound.TryGetValue(parameter.Name, out var known))
        {
            if (!IsAssignable(known, other))
                return false;
            // What was int and meets dyn is dyn from now on.
            var (was, now) = (Substitute(known), Substitute(other));
            if (IsWider(now, was) && !Mentions(now, parameter.Name))
                Set(parameter.Name, now);
            return true;
        }

        other = Substitute(other);
        if (other.Kind == CelKind.Parameter && other.Name == parameter.Name)
            return true;
        if (Mentions(other, parameter.Name))
            return false;
        Set(parameter.Name, other);
        return true;
    }

    private void Set(string name, CelType type)
    {
        _trail.Add((name, _bound.GetValueOrDefault(name)));
        _bound[name] = type;
    }

    private static bool IsWider(CelType candidate, CelType than)
    {
        if (candidate.IsDyn)
            return !than.IsDyn;
        if (than.IsDyn)
            return false;
        if (than.Kind == CelKind.Null)
            return candidate.Kind != CelKind.Null && candidate.Kind != CelKind.Parameter;
        if (candidate.Kind != than.Kind || candidate.Parameters.Count != than.Parameters.Count)
            return false;
        for (var i = 0; i < candidate.Parameters.Count; i++)
        {
            if (IsWider(candidate.Parameters[i], than.Parameters[i]))
                return true;
        }

        return false;
    }

    private static bool Mentions(CelType type, string parameter) =>
        type.Kind == CelKind.Parameter ? type.Name == parameter : type.Parameters.Any(p => Mentions(p, parameter));
}
