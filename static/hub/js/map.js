// Maps on Leaflet: points of communities with clusters, or one pin to place. Works without tiles.
(() => {
  const L = window.L;
  if (!L) return;
  const escape = (text) => {
    const node = document.createElement("span");
    node.textContent = text ?? "";
    return node.innerHTML;
  };

  const start = (box) => {
    const { lat, lng, zoom, tiles, attribution, sprite } = box.dataset;
    const picker = box.dataset.picker?.split(" ").map((id) => document.getElementById(id));
    const given = box.dataset.points ? JSON.parse(document.getElementById(box.dataset.points).textContent) : [];
    const middle = given.length === 1 ? given[0] : { lat, lng }; // so that no tiles of elsewhere are asked for first
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(box, {
      center: [Number(middle.lat), Number(middle.lng)],
      zoom: Number(zoom),
      maxZoom: 19,
      zoomControl: false,
      scrollWheelZoom: false,
      attributionControl: Boolean(tiles),
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
    });
    map.attributionControl?.setPrefix(false);
    L.control.zoom({ position: "topright", zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
    // the wheel scrolls the page until the map is taken up
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());

    if (tiles) {
      const layer = L.tileLayer(tiles, { attribution, maxZoom: 19, detectRetina: false, alt: "" }).addTo(map);
      let came = false;
      layer.on("tileload", () => {
        came = true;
        box.classList.remove("hub-map--bare");
      });
      layer.on("tileerror", () => came || box.classList.add("hub-map--bare"));
    } else box.classList.add("hub-map--bare");

    const icons = { place: "tree", bring: "coins", culture: "palette", plan: "compass", group: "heart-handshake", human: "school" };
    const pin = (direction, on) =>
      L.divIcon({
        className: "",
        iconSize: [36, 36],
        iconAnchor: [18, 43],
        popupAnchor: [0, -40],
        html: `<span class="hub-pin ${direction ? `hub-dir--${direction}` : ""} ${on ? "hub-pin--on" : ""}"><span><svg class="icon" aria-hidden="true"><use href="${sprite}#i-${icons[direction] || "map-pin"}"/></svg></span></span>`,
      });

    // what was folded away has had no size
    box.closest("details")?.addEventListener("toggle", () => map.invalidateSize());

    if (picker) return place(map, box, picker, pin);

    // A marker is one community or, with a number, so many that stand near each other.
    const many = (n) =>
      L.divIcon({
        className: "",
        iconSize: [44, 44],
        html: `<span class="hub-cluster" role="img" aria-label="${escape(box.dataset.cluster)}: ${n}">${n}</span>`,
      });
    const one = (point) => {
      const at = [point.lat, point.lng];
      if (point.n) {
        const words = `${box.dataset.cluster}: ${point.n}`;
        return L.marker(at, { icon: many(point.n), n: point.n, title: words, alt: words }).on("click keypress", (event) => {
          if (event.type === "click" || event.originalEvent.key === "Enter") map.setView(at, map.getZoom() + 2);
        });
      }
      return L.marker(at, { icon: pin(point.direction), n: 1, title: point.name, alt: point.name, riseOnHover: true }).bindPopup(
        // several at one place: its name, then each of them
        point.items ? `<strong>${escape(point.name)}</strong>${point.items.map(said).join("")}${note(point.more)}` : said(point),
        { maxWidth: Math.max(180, Math.min(300, box.clientWidth - 20)) },
      );
    };
    const note = (text) => (text ? `<p>${escape(text)}</p>` : "");
    const said = (point) => `<a href="${escape(point.url)}">${escape(point.name)}</a>${note(point.note)}`;
    const standing = (cluster) => cluster.getAllChildMarkers().reduce((sum, marker) => sum + marker.options.n, 0);
    let shown = null;
    const draw = (points) => {
      if (shown) map.removeLayer(shown);
      shown = L.markerClusterGroup
        ? L.markerClusterGroup({
            showCoverageOnHover: false,
            maxClusterRadius: 48,
            animate: !still,
            iconCreateFunction: (cluster) => many(standing(cluster)),
          })
        : L.layerGroup();
      for (const point of points) shown.addLayer(one(point));
      map.addLayer(shown);
    };
    const fit = (points) => {
      if (points.length > 1)
        map.fitBounds(L.latLngBounds(points.map((p) => [p.lat, p.lng])), { padding: [36, 36], maxZoom: 15, animate: false });
      else if (points.length) map.setView([points[0].lat, points[0].lng], Math.max(14, Number(zoom)), { animate: false });
    };

    // GeoJSON, or a plain list of points
    const plain = (data) =>
      data.features
        ? data.features.map(
            ({
              geometry: {
                coordinates: [lng, lat],
              },
              properties,
            }) => ({ lat, lng, ...properties }),
          )
        : data.results || data.points || data;
    // Until everybody has been sent, each move of the map asks for the part that it shows.
    let source = "";
    let whole = true;
    let last = "";
    const get = (address, then) => {
      last = address;
      return fetch(address, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : []))
        .then((data) => last === address && then(data))
        .catch(() => {});
    };
    const load = (address) => {
      source = address;
      whole = true;
      return get(address, (data) => {
        const points = plain(data);
        draw(points);
        fit(points);
        whole = data.whole !== false;
        if (!whole) look();
      });
    };
    const look = () => {
      if (whole) return;
      // Whole tiles, so that neighbours ask for the same parts and the portal answers from its memory.
      const zoom = Math.round(map.getZoom());
      const step = 360 / 2 ** zoom;
      const bounds = map.getBounds();
      const edges = [
        Math.floor(bounds.getWest() / step),
        Math.floor(bounds.getSouth() / step),
        Math.ceil(bounds.getEast() / step),
        Math.ceil(bounds.getNorth() / step),
      ].map((edge) => String(Number((edge * step).toFixed(6))));
      const address = new URL(source, location.href);
      address.searchParams.set("bbox", edges.join(","));
      address.searchParams.set("zoom", String(zoom));
      if (address.href !== last) get(address.href, (data) => draw(plain(data)));
    };
    map.on("moveend", look);
    if (box.dataset.points) {
      draw(given);
      fit(given);
    } else if (box.dataset.source) load(box.dataset.source);
    // the page asks for other points: detail is their address
    box.addEventListener("hub:points", (event) => {
      map.invalidateSize();
      load(event.detail);
    });
  };

  // One pin that a click, a drag or the device's own position moves; it fills two inputs.
  const place = (map, box, [latField, lngField], pin) => {
    let marker = null;
    const put = (at, quiet) => {
      if (marker) marker.setLatLng(at);
      else {
        marker = L.marker(at, { icon: pin("", true), draggable: true, alt: box.dataset.pin, title: box.dataset.pin }).addTo(map);
        marker.on("dragend", () => put(marker.getLatLng()));
      }
      if (quiet) return;
      latField.value = at.lat.toFixed(6);
      lngField.value = at.lng.toFixed(6);
      for (const field of [latField, lngField]) field.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const typed = () => {
      const [lat, lng] = [latField, lngField].map((field) => parseFloat(String(field.value).replace(",", ".")));
      if (Number.isFinite(lat) && Number.isFinite(lng)) {
        put(L.latLng(lat, lng), true);
        map.setView([lat, lng], Math.max(map.getZoom(), 14));
      }
    };
    typed();
    map.on("click", (event) => put(event.latlng));
    // keyboard: the map moves with the arrows, Enter puts the pin in its middle
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === box) {
        event.preventDefault();
        put(map.getCenter());
      }
    });
    for (const button of document.querySelectorAll(`[data-locate="${box.id}"]`)) {
      button.hidden = !navigator.geolocation;
      button.addEventListener("click", () =>
        navigator.geolocation.getCurrentPosition((found) => {
          const at = L.latLng(found.coords.latitude, found.coords.longitude);
          map.setView(at, 16);
          put(at);
        }),
      );
    }
    for (const button of document.querySelectorAll(`[data-unpin="${box.id}"]`))
      button.addEventListener("click", () => {
        if (marker) map.removeLayer(marker);
        marker = null;
        latField.value = lngField.value = "";
        latField.dispatchEvent(new Event("change", { bubbles: true }));
      });
  };

  const boot = (root) => {
    for (const box of root.querySelectorAll("[data-map]:not(.leaflet-container)")) start(box);
  };
  boot(document);
  document.addEventListener("htmx:afterSettle", (event) => boot(event.target));
})();
